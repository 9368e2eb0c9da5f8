/** One bench in a process of its own: what it found, and how it ended. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { promisify } from "node:util";
import { messageOf } from "../../shared/base/index.ts";
import { ownEnv } from "../../shared/config/index.ts";

/** `kept` is false where a bench ended with 1: it has figures, and they break a promise. */
export type Ran = { seconds: number } & (
  | { ran: true; kept: boolean; figures: unknown }
  | { ran: false; because: string }
);

const run = promisify(execFile);
const OUTPUT_BYTES_MAX = 64 * 1_024 * 1_024;

/** Takes the last JSON that it prints. */
export async function measure(file: string, words: readonly string[]): Promise<Ran> {
  const started = performance.now();
  const seconds = () => Math.round((performance.now() - started) / 100) / 10;
  if (!existsSync(file)) return { ran: false, because: `${file} is not built`, seconds: 0 };
  try {
    const { stdout } = await run(process.execPath, [file, ...words, "--json"], {
      env: ownEnv({}),
      maxBuffer: OUTPUT_BYTES_MAX,
    });
    return { ran: true, kept: true, figures: lastJson(stdout), seconds: seconds() };
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: string; stderr?: string };
    try {
      return { ran: true, kept: false, figures: lastJson(stdout ?? ""), seconds: seconds() };
    } catch {
      const last = stderr?.trim().split("\n").at(-1);
      return { ran: false, because: last === undefined || last === "" ? messageOf(error) : last, seconds: seconds() };
    }
  }
}

function lastJson(output: string): unknown {
  const lines = output.trim().split("\n");
  const line = lines.findLast((one) => one.startsWith("{"));
  return JSON.parse(output.trim().startsWith("{") && lines.length > 1 ? output : (line ?? ""));
}
