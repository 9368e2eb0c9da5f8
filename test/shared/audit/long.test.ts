/** A log that grows: full files, their retirement, and every way of tampering over more than one file. */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  closeSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { open as openFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { verifyAudit } from "../../../shared/audit/index.ts";
import { ask, logFiles, openLog, write, writeLong } from "./log.ts";

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "kaos-audit-"));
  path = join(folder, "tool_calls.jsonl");
});
afterEach(() => rmSync(folder, { recursive: true }));

const open = (limits?: Parameters<typeof openLog>[1]) => openLog(path, limits);
const long = (calls?: number, limits?: Parameters<typeof openLog>[1]) => writeLong(path, calls, limits);
const files = () => logFiles(folder);
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

test.skipIf(spawnSync("mkfifo", ["--version"]).error !== undefined)(
  "a call runs whose file is set aside while it waits for the disk (needs mkfifo)",
  async () => {
    const audit = open({ fileBytesMax: 500 });
    const pipe = join(folder, "pipe");
    spawnSync("mkfifo", [pipe]);
    // A pipe that nobody writes holds up all threads that wait for files, so that the disk is asked after the file was closed.
    const held = Array.from({ length: 4 }, () => openFile(pipe));
    const intent = ask(audit, "acting", "local");
    await write(audit, "reading");
    const writing = openSync(pipe, "w");
    await intent;
    for (const one of held) await (await one).close();
    closeSync(writing);
    audit.close();
    expect(files()).toContain("tool_calls.000001.jsonl");
    expect(await verifyAudit(path)).toMatchObject({ ok: true, lines: 3 });
  },
);

test("a log is verified while its agent goes on and sets files aside", async () => {
  await long();
  const verifying = verifyAudit(path);
  const audit = open({ fileBytesMax: 2_000 });
  for (let call = 32; call <= 40; call++) await write(audit, `c${call}`);
  expect(await verifying).toMatchObject({ ok: true });
  audit.close();
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

  test("the whole log thrown away while the index stayed, also after the agent has gone on", async () => {
    const last = join(folder, "tool_calls.jsonl");
    for (const act of [() => rmSync(last), () => truncateSync(last)]) {
      await long();
      for (const name of files()) if (name !== "tool_calls.jsonl") rmSync(join(folder, name));
      act();
      expect(await verifyAudit(path)).toMatchObject({
        ok: false,
        because: expect.stringContaining("number 62 was written"),
      });
      const audit = open();
      await write(audit, "after");
      audit.close();
      const because = "62 lines were cut off before it was written";
      expect(await verifyAudit(path)).toEqual({ ok: false, file: "tool_calls.jsonl", line: 1, because });

      // Whoever makes another line of the one that tells has still to say where the 62 are.
      const [cut = ""] = linesOf("tool_calls.jsonl");
      const body = cut.replace('"event":"cut"', '"event":"repair"').replace(/,"hash":"\w+"\}$/, "");
      const hash = createHash("sha256").update(`${body}}`).digest("hex");
      writeFileSync(path, `${body},"hash":"${hash}"}\n`);
      expect(await verifyAudit(path)).toMatchObject({
        ok: false,
        line: 1,
        because: expect.stringContaining("62 missing before it"),
      });
      for (const name of readdirSync(folder)) rmSync(join(folder, name));
    }
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
