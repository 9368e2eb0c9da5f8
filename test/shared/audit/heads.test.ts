/** What the ledger has written down of a log: whatever is done to the log afterwards shows, the index gone or not. */
import { spawnSync } from "node:child_process";
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, expect, onTestFinished, test } from "vitest";
import { type Audit, createCheckpoints, openAudit, verifyAudit } from "../../../shared/audit/index.ts";
import { runTurn } from "../../../shared/engine/index.ts";
import { openTestLedger } from "../../doubles/ledger.ts";
import { toolContext } from "../../doubles/tool-context.ts";
import { asks, createManualClock, createScript, told, tool, turn, words } from "../engine/world.ts";

const HOUR_MS = 3_600_000;
let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "kaos-heads-"));
  path = join(folder, "tool_calls.jsonl");
});
afterEach(() => rmSync(folder, { recursive: true }));

async function write(audit: Audit, ...ids: string[]): Promise<void> {
  for (const id of ids) {
    const call = { id, tool: "look", arguments: "{}" };
    const context = toolContext({ turnId: "t", callId: id });
    await audit.intent(call, undefined, { allow: true }, context);
    await audit.outcome(call, { kind: "ok", text: `found ${id}`, latencyMs: 1 }, context);
  }
}

const files = () =>
  readdirSync(folder)
    .filter((name) => name.endsWith(".jsonl"))
    .sort();

test("the head is written down at the start, every hour, when a file is full and at the end, each line once", async () => {
  const clock = createManualClock();
  const { ledger, close } = await openTestLedger(clock);
  onTestFinished(close);
  let rotated = () => {};
  const audit = openAudit({
    path,
    agent: "kronos",
    clock,
    redact: (value) => value,
    fileBytesMax: 2_000,
    onRotation: () => rotated(),
  });
  const failures: unknown[] = [];
  const heads = createCheckpoints({
    audit,
    clock,
    note: (head) => ledger.auditHeads.note("kronos", head),
    onFailure: (error) => failures.push(error),
  });
  rotated = () => void heads.rotated();
  const stop = new AbortController();
  await write(audit, "a");
  const running = heads.run(stop.signal);
  await expect.poll(() => clock.sleeping()).toBe(1);
  clock.advance(HOUR_MS); // nothing was called since
  await expect.poll(() => clock.sleeping()).toBe(1);
  await write(audit, "b");
  clock.advance(HOUR_MS);
  await expect.poll(async () => (await ledger.auditHeads.of("kronos")).length).toBe(2);
  while (files().length === 1) await write(audit, "c");
  await expect.poll(async () => (await ledger.auditHeads.of("kronos")).length).toBe(3);
  await write(audit, "d");
  await heads.close();
  stop.abort();
  await running;
  audit.close();
  const known = await ledger.auditHeads.of("kronos");
  expect(known.map(({ seq, occasion }) => [seq, occasion])).toEqual([
    [2, "start"],
    [4, "hour"],
    [expect.any(Number), "rotation"],
    [expect.any(Number), "close"],
  ]);
  expect(await verifyAudit(path, { heads: known })).toMatchObject({ ok: true, heads: 4 });
  expect(await ledger.auditHeads.agents()).toEqual(["kronos"]);
  expect(failures).toEqual([]);
});

test("a ledger that cannot be written stops no call, and the next head covers these lines too", async () => {
  const audit = openAudit({ path, agent: "kronos", clock: createManualClock(), redact: (value) => value });
  const noted: number[] = [];
  const failures: unknown[] = [];
  const heads = createCheckpoints({
    audit,
    clock: createManualClock(),
    note: async ({ seq }) => {
      noted.push(seq);
      if (noted.length === 1) throw new Error("the ledger is locked");
    },
    onFailure: (error) => failures.push(error),
  });
  await write(audit, "a");
  await heads.rotated();
  await write(audit, "b");
  await heads.close();
  audit.close();
  expect(noted).toEqual([2, 4]);
  expect(failures).toMatchObject([{ message: "the ledger is locked" }]);
});

test("edits, deletions, reorderings and cuts of whatever size show, with and without the index", async () => {
  const audit = openAudit({
    path,
    agent: "kronos",
    clock: createManualClock(),
    redact: (value) => value,
    fileBytesMax: 3_000,
  });
  const heads: { seq: number; hash: string }[] = [];
  for (let round = 0; round < 8; round++) {
    await write(audit, `a${round}`, `b${round}`);
    heads.push(await audit.checkpoint());
  }
  audit.close();
  const before = new Map(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name))]));
  const names = files();
  expect(names.length).toBeGreaterThan(3);
  const restore = () => {
    for (const name of readdirSync(folder)) rmSync(join(folder, name));
    for (const [name, bytes] of before) writeFileSync(join(folder, name), bytes);
  };
  const linesOf = (name: string) => readFileSync(join(folder, name), "utf8").trimEnd().split("\n");
  const put = (name: string, lines: string[]) =>
    writeFileSync(join(folder, name), lines.map((line) => `${line}\n`).join(""));
  const drop = (from: string, line: number) => put(from, linesOf(from).toSpliced(line % linesOf(from).length, 1));
  const damages: Record<string, (name: string, at: number) => void> = {
    "a byte": (name, at) => {
      const bytes = readFileSync(join(folder, name));
      const place = at % bytes.length;
      bytes[place] = (bytes[place] ?? 0) ^ 1;
      writeFileSync(join(folder, name), bytes);
    },
    "a line gone": drop,
    "two lines exchanged": (name, at) => {
      const lines = linesOf(name);
      const one = at % (lines.length - 1);
      put(name, lines.toSpliced(one, 2, lines[one + 1] ?? "", lines[one] ?? ""));
    },
    "a line twice": (name, at) => {
      const lines = linesOf(name);
      const one = at % lines.length;
      put(name, lines.toSpliced(one, 0, lines[one] ?? ""));
    },
    "the end of a file cut": (name, at) => truncateSync(join(folder, name), at % statSync(join(folder, name)).size),
    "everything from a file on": (name) => {
      for (const one of names.slice(names.indexOf(name))) rmSync(join(folder, one));
    },
    "one whole file": (name) => rmSync(join(folder, name)),
    "every file": () => {
      for (const one of names) rmSync(join(folder, one));
    },
  };
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...Object.keys(damages)),
      fc.constantFrom(...names.filter((name) => statSync(join(folder, name)).size > 0)),
      fc.nat(20_000),
      fc.boolean(),
      async (damage, name, at, withIndex) => {
        restore();
        damages[damage]?.(name, at);
        if (!withIndex) for (const one of readdirSync(folder)) if (one.includes("index")) rmSync(join(folder, one));
        const check = await verifyAudit(path, { heads });
        expect(check).toMatchObject({ ok: false, file: expect.stringContaining("tool_calls"), because: /./ });
      },
    ),
    { numRuns: 60 },
  );
  restore();
  expect(await verifyAudit(path, { heads })).toMatchObject({ ok: true });
});

test("a log that was thrown away and begun anew is not the one the ledger knows", async () => {
  const begin = () => openAudit({ path, agent: "kronos", clock: createManualClock(), redact: (value) => value });
  const first = begin();
  await write(first, "a", "b");
  const heads = [await first.checkpoint()];
  first.close();
  for (const name of readdirSync(folder)) rmSync(join(folder, name));
  expect(await verifyAudit(path, { heads })).toEqual({
    ok: false,
    file: "tool_calls.jsonl",
    line: 0,
    because: "the whole log is gone: number 4 was written",
  });
  const second = begin();
  await write(second, "x", "y", "z");
  second.close();
  expect(await verifyAudit(path, { heads })).toMatchObject({ line: 4, because: "another line stood here before" });
});

test("full files go when their last line is old enough, and the log says so itself", async () => {
  const clock = createManualClock(Date.now());
  const audit = openAudit({
    path,
    agent: "kronos",
    clock,
    redact: (value) => value,
    fileBytesMax: 1_000,
    keptMs: 30 * HOUR_MS,
  });
  await write(audit, "a", "b", "c", "d");
  const [oldest = "", ...younger] = files().slice(0, -1);
  const old = (clock.now() - 31 * HOUR_MS) / 1_000;
  utimesSync(join(folder, oldest), old, old);
  const head = await audit.checkpoint();
  audit.close();
  expect(files()).not.toContain(oldest);
  expect(files()).toEqual(expect.arrayContaining(younger));
  expect(await verifyAudit(path, { heads: [head] })).toMatchObject({ ok: true });
});

test.skipIf(process.getuid?.() !== 0)(
  "on a disk that is full no tool runs, and the model hears why (needs root)",
  async () => {
    const disk = mkdtempSync(join(tmpdir(), "kaos-disk-"));
    if (spawnSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", disk]).status !== 0)
      return rmSync(disk, { recursive: true });
    const clock = createManualClock();
    const audit = openAudit({ path: join(disk, "tool_calls.jsonl"), agent: "kronos", clock, redact: (value) => value });
    onTestFinished(() => {
      audit.close();
      spawnSync("umount", [disk]);
      rmSync(disk, { recursive: true });
    });
    const ran: string[] = [];
    const act = async () => {
      ran.push("act");
      return { text: "done" };
    };
    const model = createScript(asks(["c1", "act", {}]), words("I cannot do it now."));
    const tools = [tool("act", act, { effects: "external" })];
    spawnSync("dd", ["if=/dev/zero", `of=${disk}/filler`, "bs=1k", "count=2000"]);
    expect(await runTurn({ ...turn({ clock, tools, model }), journal: audit })).toMatchObject({ kind: "answered" });
    expect(ran).toEqual([]);
    expect(told(model.requests[1])["c1"]).toMatch(/did not run|cannot be written|ENOSPC/);
    rmSync(join(disk, "filler"));
    const later = createScript(asks(["c2", "act", {}]), words("Done."));
    await runTurn({ ...turn({ clock, tools, model: later }), journal: audit });
    expect(ran).toEqual(["act"]);
    expect(await verifyAudit(join(disk, "tool_calls.jsonl"))).toMatchObject({ ok: true, lines: 2 });
  },
);
