/** A log that grows: full files, their retirement, the index, and every way of tampering over more than one file. */
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { type Audit, openAudit, readAudit, verifyAudit } from "../../../shared/audit/index.ts";
import { defineTool } from "../../../shared/engine/index.ts";
import { toolContext } from "../../doubles/tool-context.ts";

const tool = defineTool({
  name: "read-page",
  description: "Reads.",
  input: z.object({}),
  effects: "none",
  risk: "safe",
  source: "outside",
  parallel: true,
  run: async () => ({ text: "" }),
});
let at = 0;
const clock = { now: () => at++, sleep: () => Promise.reject(new Error("the log never waits")) };

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "kaos-audit-"));
  path = join(folder, "tool_calls.jsonl");
});
afterEach(() => rmSync(folder, { recursive: true }));

const open = (more: { fileBytesMax?: number; keptBytesMax?: number } = {}) =>
  openAudit({ path, agent: "kronos", clock, redact: (value) => value, ...more });

async function write(audit: Audit, name: string, ok = true): Promise<void> {
  const call = { id: name, tool: tool.name, arguments: "{}" };
  const context = toolContext({ turnId: `turn-${name}`, callId: name });
  await audit.intent(call, tool, { allow: true }, context);
  await audit.outcome(call, { kind: ok ? "ok" : "failed", text: `result of ${name}`, latencyMs: 1 }, context);
}

/** Some dozens of lines over several files. */
async function long(calls = 31, more: Parameters<typeof open>[0] = {}): Promise<void> {
  const audit = open({ fileBytesMax: 2_000, ...more });
  for (let call = 1; call <= calls; call++) await write(audit, `c${call}`, call % 10 !== 0);
  audit.close();
}

const files = () =>
  readdirSync(folder)
    .filter((name) => name.endsWith(".jsonl"))
    .sort();
const linesOf = (file: string) => readFileSync(join(folder, file), "utf8").trimEnd().split("\n");

describe("a full file is set aside", () => {
  test("and the chain goes on in the next one, also over a restart", async () => {
    await long();
    expect(files().length).toBeGreaterThan(3);
    expect(files()).toContain("tool_calls.000001.jsonl");
    for (const file of files()) expect(statSync(join(folder, file)).size).toBeLessThan(2_600);
    const audit = open();
    await write(audit, "after");
    audit.close();
    expect(await verifyAudit(path)).toEqual({ ok: true, lines: 64, files: files().length, heads: 0 });
  });

  test("the oldest go when all are too large, and the log says so itself", async () => {
    await long(60, { keptBytesMax: 6_000 });
    expect(files()).not.toContain("tool_calls.000001.jsonl");
    expect(await verifyAudit(path)).toMatchObject({ ok: true });
    rmSync(join(folder, files()[0] ?? ""));
    expect(await verifyAudit(path)).toMatchObject({ ok: false, line: 1, because: expect.stringMatching(/gone/) });
  });

  test("a crash between setting aside and beginning anew loses nothing", async () => {
    await long();
    const last = Number(/\d+/.exec(files().at(-2) ?? "")?.[0]) + 1;
    renameSync(path, join(folder, `tool_calls.${String(last).padStart(6, "0")}.jsonl`));
    writeFileSync(`${path}.new`, "");
    const audit = open({ fileBytesMax: 2_000 });
    await write(audit, "after");
    audit.close();
    expect(await verifyAudit(path)).toMatchObject({ ok: true, lines: 64 });
  });
});

describe("what was done to a log shows", () => {
  test("a byte, anywhere in any file", async () => {
    await long(13);
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.nat(), fc.integer({ min: 1, max: 255 }), async (which, where, difference) => {
        const file = files()[which % files().length] ?? "";
        const whole = readFileSync(join(folder, file));
        const changed = Buffer.from(whole);
        const byte = where % whole.length;
        changed[byte] = (whole[byte] ?? 0) ^ difference;
        writeFileSync(join(folder, file), changed);
        const line = whole.subarray(0, byte).toString("latin1").split("\n").length;
        expect(await verifyAudit(path)).toMatchObject({ ok: false, file, line });
        writeFileSync(join(folder, file), whole);
      }),
      { numRuns: 60 },
    );
  });

  test("a line deleted or moved, and a file deleted or exchanged", async () => {
    await long();
    const [first = "", second = "", third = ""] = files();
    const before = linesOf(second);
    const writeBack = (lines: string[]) => writeFileSync(join(folder, second), `${lines.join("\n")}\n`);
    writeBack(before.toSpliced(1, 1));
    expect(await verifyAudit(path)).toMatchObject({
      ok: false,
      file: second,
      line: 2,
      because: expect.stringMatching(/1 missing before it/),
    });
    writeBack([before[1] ?? "", before[0] ?? "", ...before.slice(2)]);
    expect(await verifyAudit(path)).toMatchObject({ ok: false, file: second, line: 1 });
    writeBack(before);
    expect(await verifyAudit(path)).toMatchObject({ ok: true });
    renameSync(join(folder, second), join(folder, "aside"));
    expect(await verifyAudit(path)).toMatchObject({ ok: false, file: third, line: 1 });
    renameSync(join(folder, first), join(folder, second));
    renameSync(join(folder, "aside"), join(folder, first));
    expect(await verifyAudit(path)).toMatchObject({ ok: false });
  });

  test("the end cut off, at once and also after the agent has gone on", async () => {
    await long();
    const lines = linesOf("tool_calls.jsonl");
    const cut = lines
      .slice(0, -2)
      .map((line) => line.length + 1)
      .reduce((sum, length) => sum + length, 0);
    truncateSync(path, cut);
    expect(await verifyAudit(path)).toMatchObject({
      ok: false,
      because: expect.stringContaining("its end was cut off"),
    });
    const audit = open();
    await write(audit, "after");
    audit.close();
    expect(await verifyAudit(path)).toMatchObject({ ok: false, because: "2 lines were cut off before it was written" });
  });

  test("the end cut off together with the index, by what was written down elsewhere", async () => {
    const audit = open();
    for (const name of ["a", "b", "c"]) await write(audit, name);
    const head = await audit.checkpoint();
    audit.close();
    truncateSync(path, linesOf("tool_calls.jsonl").slice(0, 4).join("\n").length + 1);
    rmSync(join(folder, "tool_calls.index.db"));
    expect(await verifyAudit(path)).toMatchObject({ ok: true, lines: 4 });
    expect(await verifyAudit(path, { heads: [head] })).toMatchObject({
      ok: false,
      because: expect.stringMatching(/number 6 was written/),
    });
    // Going on from there makes new lines of the same numbers: those are others than were written down.
    const again = open();
    for (const name of ["x", "y"]) await write(again, name);
    again.close();
    expect(await verifyAudit(path, { heads: [head] })).toMatchObject({
      ok: false,
      because: "another line stood here before",
    });
  });
});

describe("the index", () => {
  test("finds lines by tool, class and turn, newest first and page by page, over all files", async () => {
    await long();
    const failed = readAudit(path, { class: "failed" }, 10);
    expect(failed.map(({ call }) => call)).toEqual(["c30", "c20", "c10"]);
    expect(readAudit(path, { class: "failed", before: failed[0]?.seq ?? 0 }, 1).map(({ call }) => call)).toEqual([
      "c20",
    ]);
    expect(readAudit(path, { turn: "turn-c7" }, 10)).toMatchObject([
      { event: "tool_result", result: "result of c7" },
      { event: "tool_call", decision: { allow: true } },
    ]);
    expect(readAudit(path, { tool: "nothing" }, 10)).toEqual([]);
    expect(readAudit(join(folder, "none.jsonl"), {}, 10)).toEqual([]);
  });

  test("is made again when it is lost, while the agent goes on", async () => {
    await long();
    for (const name of readdirSync(folder).filter((file) => file.includes("index"))) rmSync(join(folder, name));
    const audit = open({ fileBytesMax: 2_000 });
    await write(audit, "after");
    await expect.poll(() => readAudit(path, { class: "failed" }, 10).length).toBe(3);
    expect(readAudit(path, {}, 1)).toMatchObject([{ call: "after" }]);
    audit.close();
  });

  test("that cannot be written stops no call", async () => {
    const failures: unknown[] = [];
    writeFileSync(join(folder, "tool_calls.index.db"), "this is no database");
    const audit = openAudit({
      path,
      agent: "kronos",
      clock,
      redact: (value) => value,
      onIndexFailure: (error) => failures.push(error),
    });
    await write(audit, "c1");
    audit.close();
    expect(failures.length).toBeGreaterThan(0);
    rmSync(join(folder, "tool_calls.index.db"));
    expect(await verifyAudit(path)).toMatchObject({ ok: true, lines: 2 });
  });
});
