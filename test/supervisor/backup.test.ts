import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { openAudit } from "../../shared/audit/index.ts";
import { systemClock } from "../../shared/base/index.ts";
import { type Home, homeAt } from "../../shared/config/index.ts";
import { defineTool } from "../../shared/engine/index.ts";
import { type Ledger, openLedger } from "../../shared/ledger/index.ts";
import { backUp } from "../../supervisor/backup/back-up.ts";
import { checkHome } from "../../supervisor/backup/check-home.ts";
import { restoreHome } from "../../supervisor/backup/restore-home.ts";
import { said } from "../doubles/ledger.ts";

const { signal } = new AbortController();
const CONTEXT = { agent: "kronos", turnId: "t", callId: "c", effectKey: "k", sources: [], said: [], seen: [], signal };
const readFile = defineTool({
  name: "read-file",
  description: "reads a file",
  input: z.object({}),
  effects: "none",
  risk: "safe",
  source: "trusted",
  parallel: true,
  run: () => Promise.reject(new Error("nothing is run here")),
});

describe("a backup", () => {
  let folder: string;
  let home: Home;
  let ledger: Ledger;
  let now = 1_700_000_000_000;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "kaos-backup-"));
    home = homeAt(join(folder, "home"));
    ledger = await openLedger({ path: home.ledger, clock: systemClock, durability: "off" });
    onTestFinished(() => {
      ledger.close();
      rmSync(folder, { recursive: true, force: true });
    });
  });
  const make = (kept = 3) => {
    now += 1_000;
    return backUp({ home: home.folder, backups: home.backups, now, version: "0.0.0", kept, signal });
  };
  const restored = () => join(folder, "restored");

  test("made while agents write can be restored into an empty home, with every promise kept and the audit chain whole", async () => {
    const { audit: path, workspace } = home.agent("kronos");
    mkdirSync(workspace, { recursive: true });
    writeFileSync(join(workspace, "HEARTBEAT.md"), "water the plants\n");
    writeFileSync(join(home.folder, "supervisor.lock"), "");
    mkdirSync(home.logs, { recursive: true });
    writeFileSync(join(home.logs, "kronos.log"), "noise");
    const audit = openLog(path);
    let writing = true;
    let written = 0;
    const load = (async () => {
      while (writing) {
        await ledger.messages.record(said(`message ${++written}`));
        await audit.line(written);
        await new Promise((next) => setImmediate(next));
      }
    })();
    while (written < 50) await new Promise((next) => setImmediate(next));
    const made = await make();
    writing = false;
    await load;
    audit.close();
    expect(made).toMatchObject({ made: true, check: { problems: [], auditLogs: 1 } });
    if (!made.made) return;
    expect(statSync(made.folder).mode & 0o077).toBe(0);

    const back = await restoreHome(made.folder, restored(), signal);
    expect(back).toMatchObject({ restored: true, check: { problems: [], auditLogs: 1 } });
    const there = homeAt(restored());
    expect(readFileSync(join(there.agent("kronos").workspace, "HEARTBEAT.md"), "utf8")).toBe("water the plants\n");
    expect(existsSync(there.logs) || existsSync(there.supervisorLock)).toBe(false);
    const again = await openLedger({ path: there.ledger, clock: systemClock, durability: "off" });
    const messages = await again.messages.after(0, 1_000_000);
    again.close();
    expect(messages.length).toBeGreaterThanOrEqual(50);
    expect(messages.map(({ text }) => text)).toEqual(messages.map((_, index) => `message ${index + 1}`));
  });

  test("is refused where something is: nothing is overwritten", async () => {
    const made = await make();
    expect(await restoreHome(made.made ? made.folder : "", home.folder, signal)).toMatchObject({
      restored: false,
      because: expect.stringContaining("not empty"),
    });
  });

  test("that was changed, lacks a file, or names one outside its folder is refused", async () => {
    const made = await make();
    if (!made.made) throw new Error(made.because);
    const manifest = join(made.folder, "manifest.json");
    const original = readFileSync(manifest, "utf8");
    const attempt = async () => {
      const back = await restoreHome(made.folder, restored(), signal);
      return back.restored ? "restored" : back.because;
    };
    writeFileSync(manifest, original.replace('"swarm.db"', '"../swarm.db"'));
    expect(await attempt()).toContain("outside its folder");
    writeFileSync(manifest, original.replace('"swarm.db"', '"other.db"'));
    expect(await attempt()).toContain("lacks other.db");
    writeFileSync(manifest, "{");
    expect(await attempt()).toContain("cannot be read");
    writeFileSync(manifest, original);
    appendFileSync(join(made.folder, "swarm.db"), "x");
    expect(await attempt()).toContain("swarm.db is not as it was");
    rmSync(manifest);
    expect(await attempt()).toContain("is no backup");
    expect(existsSync(restored())).toBe(false);
  });

  test("keeps so many and removes the oldest", async () => {
    for (const _ of [1, 2, 3, 4]) await make(2);
    expect(readdirSync(home.backups)).toHaveLength(2);
  });

  test("a broken database or a changed audit line is found and named", async () => {
    const { audit: path } = home.agent("kronos");
    const audit = openLog(path);
    for (const n of [1, 2, 3]) await audit.line(n);
    audit.close();
    writeFileSync(path, readFileSync(path, "utf8").replace('"n-2"', '"n-9"'));
    const { problems } = await checkHome(home.folder, signal);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(/line \d+ of tool_calls.jsonl is not as it was written/);
    expect(await make()).toMatchObject({ made: false, because: expect.stringContaining("cannot be restored") });
  });
});

/** An audit log that a test writes lines into. */
function openLog(path: string) {
  mkdirSync(dirname(path), { recursive: true });
  const audit = openAudit({ path, agent: "kronos", clock: systemClock, redact: (value) => value });
  return {
    line: (n: number) =>
      audit.intent({ id: `n-${n}`, tool: "read-file", arguments: "{}" }, readFile, { allow: true }, CONTEXT),
    close: () => audit.close(),
  };
}
