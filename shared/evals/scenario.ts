/** A scenario: one recorded turn as a file that can be reviewed, kept and played again. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { messageOf, OperationalError } from "../base/index.ts";
import type { CallOutcome } from "../engine/index.ts";

const call = z.strictObject({ id: z.string(), tool: z.string(), arguments: z.string() });
const entry = z.discriminatedUnion("role", [
  z.strictObject({ role: z.literal("system"), text: z.string() }),
  z.strictObject({ role: z.literal("user"), text: z.string() }),
  z.strictObject({ role: z.literal("assistant"), text: z.string(), calls: z.array(call) }),
  z.strictObject({ role: z.literal("tool"), callId: z.string(), tool: z.string(), text: z.string() }),
]);
const kind = z.enum([
  "ok",
  "unknown tool",
  "bad arguments",
  "refused",
  "skip this item",
  "server down",
  "timed out",
  "failed",
  "uncertain",
  "waiting",
] satisfies CallOutcome["kind"][]);

const behaviour = z.strictObject({
  /** How the turn ended. */
  end: z.enum(["answered", "passed", "stopped", "waiting", "failed"]),
  /** Why, where it did not answer. */
  because: z.string(),
  /** The answer, as it would leave. */
  text: z.string(),
  steps: z.number(),
  calls: z.array(
    z.strictObject({
      step: z.number(),
      tool: z.string(),
      arguments: z.string(),
      /** What the gate said; "none" where it was never asked. */
      gate: z.enum(["allow", "ask", "refuse", "none"]),
      outcome: kind,
    }),
  ),
});

const scenario = z.strictObject({
  /** The form of this file. */
  version: z.literal(1),
  name: z.string().regex(/^[a-z0-9][a-z0-9.-]*$/),
  agent: z.string(),
  /** Whether the turn could end in silence. */
  mayPass: z.boolean(),
  /** What the model was told, and whose text that is. */
  entries: z.array(entry),
  /** What of it people said, where that is not all user entries. */
  said: z.array(z.string()).optional(),
  sources: z.array(
    z.strictObject({ label: z.enum(["owner", "allowed", "stranger", "peer", "outside"]), from: z.string() }),
  ),
  /** What the model answered, step by step, and what was said meanwhile. */
  steps: z.array(z.strictObject({ steered: z.array(entry), text: z.string(), calls: z.array(call), by: z.string() })),
  /** What each call brought. */
  results: z.array(z.strictObject({ call: z.string(), tool: z.string(), kind, text: z.string(), passed: z.boolean() })),
  expected: behaviour,
});

/** What a turn did, as far as it can be told without its model's mood: texts are compared, times and costs are not kept. */
export type Behaviour = z.infer<typeof behaviour>;
export type Scenario = z.infer<typeof scenario>;

/** A file that is no scenario. The message names it and what is wrong. */
export class ScenarioUnreadable extends OperationalError {
  override readonly name = "ScenarioUnreadable";
}

/** Scenarios of one folder and the folders in it, by name. Throws ScenarioUnreadable at the first that is none. */
export function scenariosIn(folder: string): Scenario[] {
  let files: string[];
  try {
    files = statSync(folder).isDirectory() ? readdirSync(folder, { recursive: true, encoding: "utf8" }) : [];
  } catch (cause) {
    throw new ScenarioUnreadable(`There is no folder ${folder}.`, { cause });
  }
  const paths = files.filter((path) => path.endsWith(".json")).toSorted();
  if (paths.length === 0)
    throw new ScenarioUnreadable(
      `${folder} holds no scenarios. Make some with \`kaos eval capture --last 5 --to ${folder}\`.`,
    );
  return paths.map((path) => readScenario(join(folder, path)));
}

/** Throws ScenarioUnreadable. */
export function readScenario(path: string): Scenario {
  try {
    return scenario.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch (cause) {
    const because = cause instanceof z.ZodError ? z.prettifyError(cause) : messageOf(cause);
    throw new ScenarioUnreadable(`${path} is no scenario: ${because}`, { cause });
  }
}

/** The file's content; the same scenario is the same bytes. */
export function fileOf(one: Scenario): string {
  return `${JSON.stringify(scenario.parse(one), undefined, 2)}\n`;
}
