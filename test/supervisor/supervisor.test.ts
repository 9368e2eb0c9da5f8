import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { type Lifetime, silentLog, systemClock } from "../../shared/base/index.ts";
import { homeAt, readEnv } from "../../shared/config/index.ts";
import { openLedger } from "../../shared/ledger/index.ts";
import { SecondSupervisor, startSupervisor } from "../../supervisor/supervisor.ts";

/** A home, and supervisors that can be started on it and closed as `runProcess` does. */
async function openHome() {
  const folder = mkdtempSync(join(tmpdir(), "kaos-home-"));
  const home = homeAt(folder);
  const ledger = await openLedger({ path: home.ledger, clock: systemClock, durability: "off" });
  const told = readEnv({ DASHBOARD_PORT: "0", DASHBOARD_HOST: "127.0.0.1" });
  const closing: (() => Promise<void>)[] = [];
  onTestFinished(async () => {
    for (const close of closing) await close();
    ledger.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return {
    ledger,
    async start() {
      const stop = new AbortController();
      const closers: (() => void | Promise<void>)[] = [];
      const parts: Promise<void>[] = [];
      const lifetime: Lifetime = {
        signal: stop.signal,
        onClose: (close) => void closers.push(close),
        run: (_name, part) => void parts.push(part),
        stop: () => stop.abort(),
      };
      const close = async () => {
        stop.abort();
        await Promise.all(parts);
        for (const one of closers.splice(0).reverse()) await one();
      };
      closing.push(close);
      const { url } = await startSupervisor({ ledger, clock: systemClock, log: silentLog, ...told, home, lifetime });
      return { url, close };
    },
  };
}

test("a supervisor serves the control room and says where", async () => {
  const { ledger, start } = await openHome();
  const { url } = await start();
  expect(await ledger.supervisor.state()).toMatchObject({ url, pid: process.pid, alive: true });
  const { status, headers } = await fetch(url, { redirect: "manual" });
  expect([status, headers.get("location")]).toEqual([303, "/login"]);
  expect(await (await fetch(new URL("/login", url))).text()).toContain("<title>");
});

test("a second supervisor of the same home is refused with the next step, until the first has closed", async () => {
  const { ledger, start } = await openHome();
  const first = await start();
  const refusal = await start().catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(SecondSupervisor);
  expect(refusal).toHaveProperty(
    "message",
    expect.stringMatching(
      /^A supervisor runs for .* already\. See it with `kaos status`, or stop it with `kaos down`\.$/,
    ),
  );
  await first.close();
  expect(await ledger.supervisor.state()).toBeUndefined();
  await start();
});
