/** A disk that is full, with everything of a home on it: whoever is killed then is started again, waits, and is back when there is room. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { mountOwnDisk, unmountOwnDisk } from "../../bench/soak/weather.ts";
import { pidRuns } from "../../cli/processes/pid.ts";
import { createPm2 } from "../../cli/processes/pm2.ts";
import { systemClock } from "../../shared/base/index.ts";
import { homeAt } from "../../shared/config/index.ts";
import { openLedger } from "../../shared/ledger/index.ts";
import { hasOwnDisks } from "../doubles/own-disk.ts";
import { kaosAlone } from "./kaos.ts";

const DISK_MIB = 96;
const WAIT_MAX_MS = 150_000;

test.skipIf(!hasOwnDisks)(
  "an agent that is killed on a full disk is started again, and is back once there is room (needs a disk of its own)",
  async () => {
    const folder = mkdtempSync(join(tmpdir(), "kaos-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
    expect(mountOwnDisk(folder, DISK_MIB)).toEqual({ own: true });
    onTestFinished(async () => {
      await kaosAlone(folder, ["down"]);
      unmountOwnDisk(folder);
    });
    const home = homeAt(folder);
    const pm2 = createPm2({ home });
    // Whether a line still fits into a log on a full disk is chance. Into what stands where pm2 has its own, none ever does.
    mkdirSync(home.pm2, { recursive: true, mode: 0o700 });
    symlinkSync("/dev/full", join(home.pm2, "pm2.log"));
    expect(await kaosAlone(folder, ["up", "kronos"])).toMatchObject({ code: 0 });
    const daemon = Number(readFileSync(join(home.pm2, "pm2.pid"), "utf8"));
    const former = (await pm2.list()).find(({ name }) => name === "kronos")?.pid ?? 0;
    const ballast = fillUp(folder);
    // Not even its beat can be written, and it has not ended for that.
    process.kill(former, "SIGKILL");
    await until(async () => (await pm2.list()).some(({ name, restarts }) => name === "kronos" && restarts > 0));
    expect({ answers: await pm2.runs(), runs: pidRuns(daemon) }).toEqual({ answers: true, runs: true });
    expect((await kaosAlone(folder, ["status"])).stdout).toMatch(/The disk is full.*Free some space/);

    rmSync(ballast);
    const ledger = await openLedger({ path: home.ledger, clock: systemClock });
    onTestFinished(() => ledger.close());
    await until(async () =>
      (await ledger.agents.roster()).some(({ name, alive, pid }) => name === "kronos" && alive && pid !== former),
    );
  },
);

/** Returns the file that may go again. */
function fillUp(folder: string): string {
  const ballast = join(folder, "ballast");
  const dd = () => execFileSync("dd", ["if=/dev/zero", `of=${ballast}`, "bs=4096"], { stdio: "ignore" });
  expect(dd).toThrow();
  return ballast;
}

/** Asking takes pm2 most of a second, so nothing is waited for in between. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  const limit = AbortSignal.timeout(WAIT_MAX_MS);
  while (!(await holds())) limit.throwIfAborted();
}
