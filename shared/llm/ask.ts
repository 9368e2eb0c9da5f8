/** Asks a model for a value of a given shape, not for words. */

import { z } from "zod";
import { cut } from "../base/index.ts";
import { addUsage, type Entry, type Model, noUsage, type Usage } from "../engine/index.ts";
import { findJson } from "./json.ts";

/** What is asked; `name` is the name of the answer's shape, as the provider sees it. */
export type Question = { name: string; entries: readonly Entry[]; tokensMax: number; signal: AbortSignal };

export type Answer<T> = { ok: T; usage: Usage; by: string } | { failed: string; usage: Usage };

/** The first asking, and one more when the answer was not of the shape. */
const ASKINGS_MAX = 2;

/**
 * A value of the schema, by whoever answered, or the reason why there is none; `usage` counts all askings.
 * Rejects only with an AbortError.
 */
export async function askFor<T>(model: Model, question: Question, schema: z.ZodType<T>): Promise<Answer<T>> {
  const { name, tokensMax, signal } = question;
  let entries = question.entries;
  let usage = noUsage;
  let wrong = "";
  for (let asking = 1; asking <= ASKINGS_MAX; asking += 1) {
    const completion = await model.complete({ entries, tools: [], answer: { name, schema }, tokensMax }, { signal });
    usage = addUsage(usage, completion.usage);
    if (completion.kind === "failed") return { failed: completion.because, usage };
    const read = readAs(schema, completion.text);
    if ("ok" in read) return { ok: read.ok, usage, by: completion.by };
    // It would be cut again, and paid again.
    if (completion.cut)
      return { failed: `${completion.by} did not come to the end of its answer in ${tokensMax} tokens`, usage };
    wrong = `${completion.by} did not give the answer asked for: ${read.wrong}`;
    const again = `That was not the JSON asked for: ${read.wrong} Answer once more, with the JSON alone.`;
    entries = [...entries, { role: "assistant", text: completion.text, calls: [] }, { role: "user", text: again }];
  }
  return { failed: wrong, usage };
}

function readAs<T>(schema: z.ZodType<T>, text: string): { ok: T } | { wrong: string } {
  const json = findJson(text);
  if (json === undefined) return { wrong: "it holds no JSON." };
  const parsed = schema.safeParse(json.value);
  return parsed.success ? { ok: parsed.data } : { wrong: cut(z.prettifyError(parsed.error), 400) };
}
