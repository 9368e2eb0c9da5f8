import { spawnSync } from "node:child_process";
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { type Audit, AuditFailure, openAudit, verifyAudit } from "../../../shared/audit/index.ts";
import { defineTool } from "../../../shared/engine/index.ts";
import { toolContext } from "../../doubles/tool-context.ts";

const tool = defineTool({
  name: "write-file",
  description: "Writes.",
  input: z.object({}),
  effects: "local",
  risk: "safe",
  source: "trusted",
  parallel: false,
  run: async () => ({ text: "" }),
});
const context = toolContext({ turnId: "turn-1", callId: "c1" });
const clock = {
  now: () => Date.UTC(2025, 0, 2, 3, 4, 5),
  sleep: () => Promise.reject(new Error("the log never waits")),
};
/** Stands for security's redactor: it takes the word "hunter2" out of any JSON. */
const redact = (value: unknown): unknown => JSON.parse(JSON.stringify(value).replaceAll("hunter2", "[redacted]"));

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "kaos-audit-"));
  path = join(folder, "logs", "tool_calls.jsonl");
});
afterEach(() => rmSync(folder, { recursive: true }));

function open(at = path): Audit {
  return openAudit({ path: at, agent: "kronos", clock, redact });
}

const records = () =>
  readFileSync(path, "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));

async function write(audit: Audit, id: string, args = '{"path":"a"}', text = "written"): Promise<void> {
  const call = { id, tool: "write-file", arguments: args };
  await audit.intent(call, tool, { allow: true }, context);
  await audit.outcome(call, { kind: "ok", text, latencyMs: 7 }, context);
}

/** A log of three calls, closed in peace. */
async function threeCalls(): Promise<Buffer> {
  const audit = open();
  for (const id of ["c1", "c2", "c3"]) await write(audit, id);
  audit.close();
  return readFileSync(path);
}

describe("a call leaves two lines", () => {
  test("that say what was asked, what was decided and what came of it", async () => {
    const audit = open();
    await write(audit, "c1", '{"path":"a","password":"hunter2"}', "said hunter2");
    audit.close();
    const [call, result] = records();
    expect(call).toMatchObject({
      at: "2025-01-02T03:04:05.000Z",
      event: "tool_call",
      agent: "kronos",
      turn: "turn-1",
      call: "c1",
      tool: "write-file",
      effects: "local",
      arguments: { path: "a", password: "[redacted]" },
      decision: { allow: true },
      previous: "0".repeat(64),
    });
    expect(result).toMatchObject({
      event: "tool_result",
      call: "c1",
      class: "ok",
      result: "said [redacted]",
      latencyMs: 7,
      previous: call.hash,
    });
    expect(await verifyAudit(path)).toMatchObject({ ok: true, lines: 2 });
  });

  test("also when the tool is unknown, the arguments are broken or the gate is closed", async () => {
    const audit = open();
    await audit.intent(
      { id: "c1", tool: "no-such", arguments: '{"key": hunter2' },
      undefined,
      { allow: false, because: "hunter2 is not allowed" },
      context,
    );
    audit.close();
    expect(records()).toMatchObject([
      {
        tool: "no-such",
        arguments: '{"key": [redacted]',
        decision: { allow: false, because: "[redacted] is not allowed" },
      },
    ]);
  });

  test("cut to size after they were redacted, whatever the tool brought", async () => {
    const audit = open();
    await write(
      audit,
      "c1",
      JSON.stringify({ text: "a".repeat(100_000) }),
      `${"x".repeat(1_990)} hunter2 ${"y".repeat(1_000_000)}`,
    );
    audit.close();
    const [call, result] = records();
    expect(call.arguments).toHaveLength(4_000);
    expect(result.result).toHaveLength(2_000);
    expect(readFileSync(path, "utf8")).not.toContain("hunter2".slice(0, 4));
  });

  test("that nobody but the owner can read, even where the file was open to others", async () => {
    open().close();
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(join(folder, "logs")).mode & 0o777).toBe(0o700);
    const loose = join(folder, "loose.jsonl");
    writeFileSync(loose, "", { mode: 0o644 });
    open(loose).close();
    expect(statSync(loose).mode & 0o777).toBe(0o600);
  });
});

describe("the chain", () => {
  test("goes on over restarts", async () => {
    await threeCalls();
    const audit = open();
    await write(audit, "c4");
    audit.close();
    expect(await verifyAudit(path)).toMatchObject({ ok: true, lines: 8 });
  });

  test("of an empty log is whole", async () => {
    open().close();
    expect(await verifyAudit(path)).toMatchObject({ ok: true, lines: 0 });
  });

  test("shows any single byte that was changed, and the line it stands in", async () => {
    const whole = await threeCalls();
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), async (at, difference) => {
        const changed = Buffer.from(whole);
        changed[at] = (whole[at] ?? 0) ^ difference;
        writeFileSync(path, changed);
        const line = whole.subarray(0, at).toString("latin1").split("\n").length;
        const check = await verifyAudit(path);
        expect(check).toMatchObject({ ok: false, line });
      }),
      { numRuns: 200 },
    );
  });

  test("shows lines that were removed, repeated or moved", async () => {
    const lines = (await threeCalls()).toString().trimEnd().split("\n");
    const [a, b, c, d, e, f] = lines;
    for (const forged of [
      [b, c, d, e, f],
      [a, b, d, e, f],
      [a, b, b, c, d],
      [a, c, b, d, e],
    ]) {
      writeFileSync(path, `${forged.join("\n")}\n`);
      expect(await verifyAudit(path)).toMatchObject({
        ok: false,
        because: expect.stringMatching(/does not follow the line before|what stood before it is gone/),
      });
    }
  });

  test("shows a line that somebody added, though it looks right", async () => {
    await threeCalls();
    appendFileSync(path, '{"at":"2025-01-02T03:04:05.000Z","event":"tool_call"}\n');
    expect(await verifyAudit(path)).toMatchObject({ ok: false, line: 7, because: "it has no hash" });
  });

  test("cannot be verified when there is no file, and says so", async () => {
    await expect(verifyAudit(path)).rejects.toThrow(AuditFailure);
  });
});

describe("after a crash in the middle of a line", () => {
  test("the half line is kept, the next start vouches for it, and work goes on", async () => {
    const whole = await threeCalls();
    const ends = [...whole.keys()].filter((at) => at > 0 && whole[at] === 0x0a);
    const lengths = fc.oneof(fc.integer({ min: 1, max: whole.length - 1 }), fc.constantFrom(...ends));
    await fc.assert(
      fc.asyncProperty(lengths, async (length) => {
        writeFileSync(path, whole.subarray(0, length));
        // Closed in peace, the index knows of lines that no crash takes.
        rmSync(join(folder, "logs", "tool_calls.index.db"), { force: true });
        const cutInside = whole[length - 1] !== 0x0a;
        const lacksNewline = whole[length] === 0x0a;
        expect((await verifyAudit(path)).ok).toBe(!cutInside);
        const audit = open();
        await write(audit, "after");
        audit.close();
        expect(readFileSync(path).subarray(0, length).equals(whole.subarray(0, length))).toBe(true);
        expect(await verifyAudit(path)).toMatchObject({ ok: true });
        expect(readFileSync(path, "utf8").split('"event":"repair"')).toHaveLength(cutInside && !lacksNewline ? 2 : 1);
      }),
      { numRuns: 60 },
    );
  });

  test("a crash in the middle of the repair is repaired too", async () => {
    await threeCalls();
    const crash = (bytes: number) => {
      truncateSync(path, statSync(path).size - bytes);
      rmSync(join(folder, "logs", "tool_calls.index.db"));
      open().close();
    };
    crash(20);
    crash(30);
    expect(await verifyAudit(path)).toMatchObject({ ok: true });
  });

  test("a half line that somebody changes after its repair is found", async () => {
    const whole = await threeCalls();
    truncateSync(path, whole.length - 20);
    rmSync(join(folder, "logs", "tool_calls.index.db"));
    open().close();
    const repaired = readFileSync(path);
    repaired[whole.length - 25] = 0x20;
    writeFileSync(path, repaired);
    expect(await verifyAudit(path)).toMatchObject({ ok: false, line: 6 });
  });
});

describe("an intent that cannot be written is refused", () => {
  const call = { id: "c1", tool: "write-file", arguments: "{}" };

  test.skipIf(!existsSync("/dev/full"))("on a full disk (needs /dev/full)", async () => {
    const audit = open("/dev/full");
    await expect(audit.intent(call, tool, { allow: true }, context)).rejects.toThrow(
      "The audit log /dev/full cannot be written: ENOSPC",
    );
    audit.close();
  });

  test("when the call has effects and the disk does not take it", async () => {
    // Takes every byte, and cannot be forced to keep them.
    const [acting, reading] = [open("/dev/null"), open("/dev/null")];
    await expect(acting.intent(call, tool, { allow: true }, context)).rejects.toThrow("cannot be forced to the disk");
    await reading.intent(call, { ...tool, effects: "none" }, { allow: true }, context);
    acting.close();
    reading.close();
  });

  test("and what found room is taken back, so that the log stays whole", async () => {
    // A process whose files may not grow beyond a few blocks: the line that crosses the border is written in part.
    const script = `
      import { openAudit } from ${JSON.stringify(new URL("../../../shared/audit/index.ts", import.meta.url).href)};
      const audit = openAudit({ path: process.argv[1], agent: "kronos", clock: { now: () => 0 }, redact: (value) => value });
      for (let n = 0; ; n++) {
        const call = { id: "c" + n, tool: "write-file", arguments: JSON.stringify({ text: "x".repeat(300) }) };
        try { await audit.intent(call, { effects: "none" }, { allow: true }, { turnId: "t" }); }
        catch (error) { console.log(n > 0 ? error.message : "nothing was written"); break; }
      }`;
    const run = spawnSync(
      "sh",
      ["-c", `trap '' 25; ulimit -f 8; exec "$0" --input-type=module -e "$1" "$2"`, process.execPath, script, path],
      { encoding: "utf8" },
    );
    expect(run.stdout).toMatch(/cannot be written: EFBIG/);
    expect(statSync(path).size).toBeGreaterThan(1_000);
    expect(await verifyAudit(path)).toMatchObject({ ok: true });
  });

  test("when the redactor fails", async () => {
    const audit = openAudit({
      path,
      agent: "kronos",
      clock,
      redact: () => {
        throw new Error("cannot redact");
      },
    });
    await expect(audit.intent(call, tool, { allow: true }, context)).rejects.toThrow("cannot redact");
    audit.close();
    expect(readFileSync(path, "utf8")).toBe("");
  });

  test("when another process writes the same log, or the file was deleted", async () => {
    const [one, other] = [open(), open()];
    await write(one, "c1");
    await expect(write(other, "c2")).rejects.toThrow("changed by someone else");
    unlinkSync(path);
    await expect(write(one, "c3")).rejects.toThrow("deleted or changed");
    one.close();
    other.close();
  });

  test("when the log is closed", async () => {
    const audit = open();
    audit.close();
    audit.close();
    await expect(write(audit, "c1")).rejects.toThrow("is closed");
  });
});

test("a log cannot be opened through a link or where no file can be", () => {
  writeFileSync(join(folder, "elsewhere"), "");
  symlinkSync(join(folder, "elsewhere"), join(folder, "link.jsonl"));
  expect(() => open(join(folder, "link.jsonl"))).toThrow(AuditFailure);
  expect(() => open(join(folder, "elsewhere", "logs", "x.jsonl"))).toThrow(AuditFailure);
  expect(() => open(folder)).toThrow(AuditFailure);
});
