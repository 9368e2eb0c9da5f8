import {
  appendFileSync,
  copyFileSync,
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
import { basename, dirname, join } from "node:path";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { mountOwnDisk, unmountOwnDisk } from "../../bench/soak/weather.ts";
import { openAudit } from "../../shared/audit/index.ts";
import { systemClock } from "../../shared/base/index.ts";
import { type Home, homeAt } from "../../shared/config/index.ts";
import { defineTool } from "../../shared/engine/index.ts";
import { type Ledger, openLedger } from "../../shared/ledger/index.ts";
import { backUp } from "../../supervisor/backup/back-up.ts";
import { checkHome } from "../../supervisor/backup/check-home.ts";
import { restoreHome } from "../../supervisor/backup/restore-home.ts";
import { backupName, wholeBackups } from "../../supervisor/backup/whole-backups.ts";
import { said } from "../doubles/ledger.ts";
import { hasOwnDisks } from "../doubles/own-disk.ts";

const { signal } = new AbortController();
const CONTEXT = {
  agent: "kronos",
  turnId: "t",
  callId: "c",
  effectKey: "k",
  sources: [],
  said: [],
  saidNow: [],
  seen: [],
  signal,
};
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

  test("keeps so many, the newest, and touches nothing else that lies there", async () => {
    mkdirSync(join(home.backups, "before-upgrade-2026-01-01T00-00-00"), { recursive: true });
    const made: string[] = [];
    for (const _ of [1, 2, 3, 4]) {
      const one = await make(2);
      if (one.made) made.push(basename(one.folder));
    }
    expect(made).toHaveLength(4);
    expect(readdirSync(home.backups).toSorted()).toEqual([...made.slice(-2), "before-upgrade-2026-01-01T00-00-00"]);
  });

  test("one that fails half-way leaves nothing behind", async () => {
    // The ledger is copied before it.
    writeFileSync(join(home.folder, "z.db"), Buffer.concat([Buffer.from("SQLite format 3\0"), Buffer.alloc(8_192, 7)]));
    await expect(make()).rejects.toThrow("z.db");
    expect(readdirSync(home.backups)).toEqual([]);
  });

  test.skipIf(!hasOwnDisks)("on a full disk nothing is left of it (needs a disk of its own)", async () => {
    mkdirSync(home.backups);
    expect(mountOwnDisk(home.backups, 1)).toEqual({ own: true });
    onTestFinished(() => unmountOwnDisk(home.backups));
    mkdirSync(home.agent("kronos").workspace, { recursive: true });
    writeFileSync(join(home.agent("kronos").workspace, "large"), Buffer.alloc(3_000_000));
    await expect(make()).rejects.toThrow("ENOSPC");
    expect(readdirSync(home.backups)).toEqual([]);
  });

  test("what killed processes left half done is cleared away by the next, not what may still be worked on", async () => {
    const half = (hoursAgo: number) => `${backupName(now - hoursAgo * 3_600_000)}.unfinished`;
    const [old, fresh] = [half(25), half(1)];
    for (const name of [old, fresh]) mkdirSync(join(home.backups, name, "agents"), { recursive: true });
    expect(await make()).toMatchObject({ made: true });
    expect(readdirSync(home.backups)).toContain(fresh);
    expect(readdirSync(home.backups)).not.toContain(old);
  });

  test("in a folder that others use as well nothing is removed", async () => {
    const half = `${backupName(now - 25 * 3_600_000)}.unfinished`;
    mkdirSync(join(home.backups, half), { recursive: true });
    for (const _ of [1, 2]) await make(Number.POSITIVE_INFINITY);
    expect(readdirSync(home.backups)).toHaveLength(3);
  });

  test("of those that cannot be restored the newest is kept, and counts as no backup", async () => {
    const { audit: path } = home.agent("kronos");
    const audit = openLog(path);
    for (const n of [1, 2, 3]) await audit.line(n);
    audit.close();
    const whole = await make();
    writeFileSync(path, readFileSync(path, "utf8").replace('"n-2"', '"n-9"'));
    for (const _ of [1, 2])
      expect(await make()).toMatchObject({ made: false, because: expect.stringContaining("cannot be restored") });
    const names = whole.made ? [basename(whole.folder)] : [];
    expect(readdirSync(home.backups).toSorted()).toEqual([...names, `${backupName(now)}.broken`]);
    expect(wholeBackups(home.backups)).toEqual(names);
  });

  test("a broken database is found and named", async () => {
    for (let n = 0; n < 200; n++) await ledger.messages.record(said(`message ${n} ${"x".repeat(200)}`));
    await ledger.checkpoint();
    const copy = join(folder, "copy");
    mkdirSync(copy);
    copyFileSync(home.ledger, homeAt(copy).ledger);
    const bytes = readFileSync(homeAt(copy).ledger);
    bytes.fill(7, bytes.length - 16 * 1024, bytes.length - 8 * 1024);
    writeFileSync(homeAt(copy).ledger, bytes);
    const { problems } = await checkHome(copy, signal);
    expect(problems.length).toBeGreaterThan(0);
    for (const problem of problems) expect(problem).toContain(homeAt(copy).ledger);
  });

  test("a changed audit line is found and named", async () => {
    const { audit: path } = home.agent("kronos");
    const audit = openLog(path);
    for (const n of [1, 2, 3]) await audit.line(n);
    audit.close();
    writeFileSync(path, readFileSync(path, "utf8").replace('"n-2"', '"n-9"'));
    const { problems } = await checkHome(home.folder, signal);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(/line \d+ of tool_calls.jsonl is not as it was written/);
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
