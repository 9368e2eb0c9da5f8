/** A process as the tests of `runProcess` need it: it opens three things, and then does as its argument says. */
import { once } from "node:events";
import { createLog, type Lifetime, OperationalError, runProcess } from "../../../shared/base/index.ts";

class DiskGone extends OperationalError {
  override readonly name = "DiskGone";
}

const [mode] = process.argv.slice(2);
const log = createLog({ process: "child", level: "info" });
let lives = 0;
const say = (line: string) => process.stdout.write(`${line}\n`);

if (mode === "orphaned") {
  const gone = once(process, "disconnect");
  process.disconnect?.();
  await gone;
}

/** Passes by itself, as often as the mode says. */
class DiskFull extends OperationalError {
  override readonly name = "DiskFull";
}
let fullFor = mode === "the disk is full for a while" ? 2 : 0;

process.exitCode = await runProcess(log, start, (failure) => failure instanceof DiskFull);

async function start(lifetime: Lifetime): Promise<void> {
  const alive = setInterval(() => {}, 1_000);
  lifetime.onClose(() => clearInterval(alive));
  lifetime.onClose(() => void say("closed the ledger"));
  lifetime.onClose(() => {
    if (mode === "closing fails") throw new Error("the socket is gone");
    say("closed the socket");
  });
  lifetime.onClose(() => void say("closed the transport"));
  if (mode === "bug at the start") throw new Error("no such thing");
  if (mode === "world fails at the start") throw new DiskGone("The disk is gone. Plug it in.");
  lifetime.run("quiet part", new Promise(() => {}));
  if (mode === "the disk stays full" || fullFor-- > 0) throw new DiskFull("The disk is full.");
  if (mode === "a part meets a full disk" && lives++ === 0)
    lifetime.run("scheduler", Promise.reject(new DiskFull("The disk is full.")));
  if (mode === "part fails") lifetime.run("scheduler", Promise.reject(new Error("the timetable is torn")));
  if (mode === "stops itself") lifetime.stop();
  say("ready");
}
