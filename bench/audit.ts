/**
 * How a long audit log behaves: `node dist/bench/audit.js [--lines 1000000] [--json]`. It is written through the product's own door,
 * verified, tampered with in five ways, verified again, and searched; the memory is that of a process which does nothing else.
 */
import { execFileSync } from "node:child_process";
import {
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { openAudit, readAudit, verifyAudit } from "../shared/audit/index.ts";
import { systemClock } from "../shared/base/index.ts";

const { values } = parseArgs({
  options: { lines: { type: "string", default: "1000000" }, json: { type: "boolean" }, verify: { type: "string" } },
});

if (values.verify === undefined) await measure(Number(values.lines));
else await verifyAlone(values.verify);

/** In a process of its own, so that its memory is the verification's alone. */
async function verifyAlone(path: string): Promise<void> {
  const startMs = performance.now();
  const check = await verifyAudit(path);
  const seconds = (performance.now() - startMs) / 1_000;
  const { user, system } = process.cpuUsage();
  const cpuSeconds = (user + system) / 1e6;
  process.stdout.write(JSON.stringify({ check, seconds, cpuSeconds, peakMiB: process.resourceUsage().maxRSS / 1_024 }));
}

function verify(path: string): {
  check: Awaited<ReturnType<typeof verifyAudit>>;
  seconds: number;
  cpuSeconds: number;
  peakMiB: number;
} {
  return JSON.parse(
    execFileSync(process.execPath, [...process.execArgv, import.meta.filename, "--verify", path], { encoding: "utf8" }),
  );
}

async function measure(lines: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "kaos-audit-bench-"));
  const path = join(folder, "tool_calls.jsonl");
  try {
    const startMs = performance.now();
    await write(path, lines);
    const writeSeconds = (performance.now() - startMs) / 1_000;
    const whole = verify(path);
    const tampered = tamper(folder, path, lines);
    const searchMs = median(Array.from({ length: 20 }, () => timed(() => readAudit(path, { class: "failed" }, 50))));
    const bytes = logs(folder).reduce((sum, file) => sum + statSync(join(folder, file)).size, 0);
    report({
      machine: `${cpus().length} × ${cpus()[0]?.model ?? "unknown"}, Node ${process.version}`,
      lines,
      files: logs(folder).length,
      logMiB: round(bytes / (1 << 20)),
      appendMicroseconds: round((writeSeconds / lines) * 1e6),
      verifySeconds: round(whole.seconds),
      verifyCpuSeconds: round(whole.cpuSeconds),
      verifyPeakMiB: round(whole.peakMiB),
      verified: whole.check,
      tampered,
      search50FailedMs: round(searchMs),
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Calls that only read, a hundred different results, one in a hundred failed: half the lines ask, half tell. */
async function write(path: string, lines: number): Promise<void> {
  const audit = openAudit({
    path,
    agent: "kronos",
    clock: systemClock,
    redact: (value) => value,
    keptBytesMax: Number.MAX_SAFE_INTEGER,
  });
  const signal = new AbortController().signal;
  const tool = { effects: "none" } as Parameters<typeof audit.intent>[1];
  for (let number = 1; number <= lines / 2; number++) {
    const call = { id: `c${number}`, tool: "fetch-page", arguments: `{"url":"https://example.com/page/${number}"}` };
    const context = {
      agent: "kronos",
      turnId: `turn-${Math.ceil(number / 5)}`,
      callId: call.id,
      effectKey: "",
      sources: [],
      said: [],
      saidNow: [],
      seen: [],
      signal,
    };
    await audit.intent(call, tool, { allow: true }, context);
    const text = `Page ${number}: ${"some words of the page ".repeat(number % 10)}`;
    await audit.outcome(call, { kind: number % 100 === 0 ? "failed" : "ok", text, latencyMs: number % 900 }, context);
  }
  audit.close();
}

/** What each kind of tampering is told as; each on the whole log, which is put back afterwards. */
function tamper(folder: string, path: string, lines: number): Record<string, unknown> {
  const middle = logs(folder)[Math.floor(logs(folder).length / 2)] ?? "";
  const file = join(folder, middle);
  const told = (change: (text: Buffer) => Buffer): unknown => {
    copyFileSync(file, `${file}.kept`);
    writeFileSync(file, change(readFileSync(file)));
    const { check } = verify(path);
    renameSync(`${file}.kept`, file);
    return check;
  };
  const lineFrom = (text: Buffer): [number, number] => {
    const from = text.indexOf(10, Math.floor(text.length / 2)) + 1;
    return [from, text.indexOf(10, from) + 1];
  };
  return {
    edit: told((text) => {
      text[lineFrom(text)[0] + 20] = 0x39;
      return text;
    }),
    deletion: told((text) => {
      const [from, to] = lineFrom(text);
      return Buffer.concat([text.subarray(0, from), text.subarray(to)]);
    }),
    reordering: told((text) => {
      const [from, to] = lineFrom(text);
      const next = text.indexOf(10, to) + 1;
      return Buffer.concat([
        text.subarray(0, from),
        text.subarray(to, next),
        text.subarray(from, to),
        text.subarray(next),
      ]);
    }),
    truncation: (() => {
      copyFileSync(path, `${path}.kept`);
      const text = readFileSync(path);
      truncateSync(path, text.lastIndexOf(10, text.length - 2) + 1);
      const { check } = verify(path);
      renameSync(`${path}.kept`, path);
      return check;
    })(),
    putBack: lines > 0 ? verify(path).check.ok : true,
  };
}

function logs(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(".jsonl"))
    .sort();
}

function timed(work: () => unknown): number {
  const startMs = performance.now();
  work();
  return performance.now() - startMs;
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
}

function round(number: number): number {
  return Math.round(number * 10) / 10;
}

function report(result: object): void {
  process.stdout.write(`${values.json === true ? JSON.stringify(result) : JSON.stringify(result, null, 2)}\n`);
}
