/** A log that a test writes: calls that only read and calls with effects, on a clock of its own. */
import { readdirSync } from "node:fs";
import { z } from "zod";
import { type Audit, openAudit } from "../../../shared/audit/index.ts";
import { defineTool } from "../../../shared/engine/index.ts";
import { toolContext } from "../../doubles/tool-context.ts";

export const reading = defineTool({
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

type Limits = Pick<Parameters<typeof openAudit>[0], "fileBytesMax" | "keptBytesMax" | "onIndexFailure">;

export function openLog(path: string, limits: Limits = {}): Audit {
  return openAudit({ path, agent: "kronos", clock, redact: (value) => value, ...limits });
}

export async function ask(audit: Audit, name: string, effects: "none" | "local" = "none"): Promise<void> {
  const call = { id: name, tool: reading.name, arguments: "{}" };
  const context = toolContext({ turnId: `turn-${name}`, callId: name });
  await audit.intent(call, { ...reading, effects }, { allow: true }, context);
}

/** Both lines of a call that only reads. */
export async function write(audit: Audit, name: string, ok = true): Promise<void> {
  await ask(audit, name);
  const call = { id: name, tool: reading.name, arguments: "{}" };
  const context = toolContext({ turnId: `turn-${name}`, callId: name });
  await audit.outcome(call, { kind: ok ? "ok" : "failed", text: `result of ${name}`, latencyMs: 1 }, context);
}

/** Some dozens of lines over several files; every tenth call fails. */
export async function writeLong(path: string, calls = 31, limits: Limits = {}): Promise<void> {
  const audit = openLog(path, { fileBytesMax: 2_000, ...limits });
  for (let call = 1; call <= calls; call++) await write(audit, `c${call}`, call % 10 !== 0);
  audit.close();
}

/** The files of the log in this folder, in the order of the alphabet: the one that is written is the last. */
export function logFiles(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(".jsonl"))
    .sort();
}
