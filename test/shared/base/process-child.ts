/** A process as the tests of `runProcess` need it: it opens three things, and then does as its argument says. */
import { once } from "node:events";
import { createLog, OperationalError, runProcess } from "../../../shared/base/index.ts";

class DiskGone extends OperationalError {
  override readonly name = "DiskGone";
}

const [mode] = process.argv.slice(2);
const say = (line: string) => process.stdout.write(`${line}\n`);

if (mode === "orphaned") {
  const gone = once(process, "disconnect");
  process.disconnect?.();
  await gone;
}

process.exitCode = await runProcess(createLog({ process: "child", level: "info" }), async (lifetime) => {
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
  if (mode === "part fails") lifetime.run("scheduler", Promise.reject(new Error("the timetable is torn")));
  if (mode === "stops itself") lifetime.stop();
  say("ready");
});
