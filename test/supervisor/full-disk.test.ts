/** The supervisor on a disk that is really full: it keeps showing what is there, says that it is not ready, and goes on by itself. */
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect, onTestFinished, test } from "vitest";
import { mountOwnDisk, unmountOwnDisk } from "../../bench/soak/weather.ts";
import { systemClock } from "../../shared/base/index.ts";
import { homeAt, programRoot } from "../../shared/config/index.ts";
import { openLedger } from "../../shared/ledger/index.ts";
import { hasOwnDisks } from "../doubles/own-disk.ts";

const DISK_MIB = 32;

test.skipIf(!hasOwnDisks)(
  "it stays up, is not ready while the disk is full, and is ready when there is room (needs a disk of its own)",
  async () => {
    const folder = mkdtempSync(join(tmpdir(), "kaos-full-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
    expect(mountOwnDisk(folder, DISK_MIB)).toEqual({ own: true });
    onTestFinished(() => unmountOwnDisk(folder));
    const ledger = await openLedger({ path: homeAt(folder).ledger, clock: systemClock, durability: "off" });
    onTestFinished(() => ledger.close());
    const child = spawn(process.execPath, [join(programRoot(), "dist/supervisor/main.js")], {
      stdio: ["ignore", "pipe", "inherit"],
      env: { PATH: process.env["PATH"], KAOS_HOME: folder, DASHBOARD_PORT: "0" },
    });
    onTestFinished(() => void child.kill("SIGKILL"));
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const says = async (event: string): Promise<Record<string, unknown>> => {
      while (true) {
        const { value, done } = await lines.next();
        if (done === true) throw new Error(`it ended and never said "${event}"`);
        const told = JSON.parse(value) as Record<string, unknown>;
        if (told["msg"] === event) return told;
      }
    };
    const { url } = await says("supervisor up");
    const get = async (path: string) => (await fetch(new URL(path, String(url)))).status;
    expect(await get("/readyz")).toBe(200);

    const ballast = join(folder, "ballast");
    expect(() => execFileSync("dd", ["if=/dev/zero", `of=${ballast}`, "bs=4096"], { stdio: "ignore" })).toThrow();
    expect((await says("waits"))["because"]).toMatch(/is full or failing\. Free some space/);
    expect([await get("/healthz"), await get("/readyz"), await get("/login")]).toEqual([200, 503, 200]);
    expect((await says("not ready"))["because"]).toMatch(/is full or failing/);

    rmSync(ballast);
    await says("goes on");
    expect([child.exitCode, await get("/readyz")]).toEqual([null, 200]);
  },
);
