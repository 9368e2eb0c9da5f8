/** What an MCP server asks during a call, put to a person as an approval: granted it gets its form filled in, denied it hears no. */
import { z } from "zod";
import { type Clock, cut, oneLine, stableId } from "../shared/base/index.ts";
import type { Ledger } from "../shared/ledger/index.ts";
import type { Elicitation, Elicited } from "../shared/mcp/index.ts";
import { untilDecided } from "./until-decided.ts";

type Deps = {
  ledger: Pick<Ledger, "approvals" | "changes">;
  clock: Clock;
  /** Takes out of a server's words what a person cannot see. */
  clean(text: string): string;
};

const FIELDS_MAX = 20;
const MESSAGE_CHARACTERS_MAX = 1_000;

const field = z.object({
  type: z.enum(["string", "number", "integer", "boolean"]).default("string"),
  title: z.string().optional().catch(undefined),
  description: z.string().optional().catch(undefined),
  enum: z.array(z.string()).max(50).optional().catch(undefined),
  default: z.union([z.string(), z.number(), z.boolean()]).optional().catch(undefined),
});
const form = z.object({
  properties: z.record(z.string(), z.unknown()).default({}),
  required: z.array(z.string()).default([]),
});
type Field = z.output<typeof field>;
type Value = string | number | boolean;

/**
 * Waits for the person as long as the call may take; whoever did not decide until then has cancelled it. The person's words with
 * the approval answer the form: `name=value`, with `;` between two, or the value alone where only one is open.
 */
export function createElicit({ ledger, clock, clean }: Deps) {
  const { approvals } = ledger;
  /** How many questions each call has asked. */
  const asked = new WeakMap<Elicitation["during"], number>();

  return async ({ server, message, schema, signal, during }: Elicitation): Promise<Elicited> => {
    const { tool, context } = during;
    const stop = AbortSignal.any([signal, context.signal]);
    const fields = fieldsOf(schema);
    if (fields === undefined) return { action: "cancel" };
    const words = cut(oneLine(clean(message)), MESSAGE_CHARACTERS_MAX);
    const question = JSON.stringify({ asks: words, ...Object.fromEntries(fields.map(shown)) });
    const place = (asked.get(during) ?? 0) + 1;
    asked.set(during, place);
    const approval = await approvals.ask({
      agent: context.agent,
      turn: context.turnId,
      // The same in another life of the process, where the same is asked at the same place.
      call: `${context.callId}: question ${place} ${stableId("question", question)}`,
      tool: `mcp__${server}__${tool}`,
      arguments: question,
      message: null,
      because: `the MCP server ${server} asks a person; what you write with your approval answers it`,
      sources: [...context.sources, { label: "outside", from: server }],
    });
    context.onProgress?.(`${server} asks: ${words} (/approve ${approval.id} · /deny ${approval.id})`);
    const decided = await untilDecided({ ledger, clock }, approval, stop);
    if (decided.state === "granted") return answerWith(fields, decided.said);
    if (decided.state === "denied") return { action: "decline" };
    if (decided.state === "pending")
      await approvals.decide(approval.id, {
        granted: false,
        by: context.agent,
        said: "the call ended before anybody answered",
      });
    return { action: "cancel" };
  };

  function shown([name, { type, title, description, enum: choices, default: usual }, isNeeded]: Named): [
    string,
    string,
  ] {
    const about = clean(oneLine(description ?? title ?? ""));
    const parts = [
      choices === undefined ? type : choices.map((choice) => clean(choice)).join(" | "),
      ...(about === "" ? [] : [cut(about, 200)]),
      ...(usual === undefined ? [] : [`${String(usual)} unless you say otherwise`]),
      ...(isNeeded ? [] : ["may stay empty"]),
    ];
    return [clean(name), parts.join("; ")];
  }
}

type Named = readonly [name: string, field: Field, isNeeded: boolean];

/** Undefined for a form that is none, or that asks for more than a line each. */
function fieldsOf(schema: unknown): Named[] | undefined {
  const read = form.safeParse(schema);
  if (!read.success) return undefined;
  const { properties, required } = read.data;
  const entries = Object.entries(properties);
  if (entries.length > FIELDS_MAX) return undefined;
  const fields = entries.map(([name, about]) => ({ name, about: field.safeParse(about) }));
  const open = fields.flatMap(({ name, about }): Named[] =>
    about.success ? [[name, about.data, required.includes(name)]] : [],
  );
  // What is not understood may stay open, unless the server must have it.
  return required.every((name) => open.some((one) => one[0] === name)) ? open : undefined;
}

/** Exported for its test: the form as the person's words fill it, with what is usual where they say nothing. */
export function answerWith(fields: readonly Named[], said: string): Elicited {
  const words = wordsFor(fields, said.trim());
  const content: Record<string, Value> = {};
  for (const [name, about, isNeeded] of fields) {
    const value = words.has(name) ? readValue(about, words.get(name) ?? "") : about.default;
    if (value !== undefined) content[name] = value;
    else if (isNeeded && about.type === "boolean" && !words.has(name)) content[name] = true;
    else if (isNeeded) return { action: "cancel" };
  }
  return { action: "accept", content };
}

function wordsFor(fields: readonly Named[], said: string): ReadonlyMap<string, string> {
  const pairs = said.split(/[;\n]/).map((part) => /^\s*([^=]+?)\s*=\s*(.*?)\s*$/.exec(part));
  const named = pairs.flatMap((pair) => {
    const [, name = "", value = ""] = pair ?? [];
    return fields.some((one) => one[0] === name) ? [[name, value] as const] : [];
  });
  if (named.length > 0 || said === "") return new Map(named);
  const open = fields.filter(([, about, isNeeded]) => isNeeded && about.default === undefined);
  const [one] = open.length === 1 ? open : fields.length === 1 ? fields : [];
  return new Map(one === undefined ? [] : [[one[0], said]]);
}

/** Undefined for words that are no such value. */
function readValue({ type, enum: choices }: Field, text: string): Value | undefined {
  if (type === "boolean") {
    if (/^(?:true|yes|y|да|ja)$/iu.test(text)) return true;
    return /^(?:false|no|n|нет|nein)$/iu.test(text) ? false : undefined;
  }
  if (type === "string") return choices === undefined || choices.includes(text) ? text : undefined;
  const number = text === "" ? Number.NaN : Number(text);
  return Number.isFinite(number) && (type === "number" || Number.isInteger(number)) ? number : undefined;
}
