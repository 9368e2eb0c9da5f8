/** What a person orders an agent to do with its own memory, from a process that may not write it: the control room. */
import { z } from "zod";
import { OperationalError } from "../base/index.ts";
import type { Forgetting, Receipt } from "./forget.ts";
import type { Memory } from "./memory.ts";

const id = z.string().regex(/^f[0-9a-f]{12}$/u);
const name = z.string().min(1).max(200);
const text = z.string().min(1).max(2_000);

/** The task of an assignment of kind `forget`. Whoever gives it has asked the person before: `forget everything` is carried out as it is. */
export const memoryOrderSchema = z.discriminatedUnion("order", [
  z.strictObject({ order: z.literal("forget"), ids: z.array(id).min(1).max(200) }),
  z.strictObject({ order: z.literal("forget person"), person: name }),
  z.strictObject({ order: z.literal("forget thread"), thread: name }),
  z.strictObject({ order: z.literal("forget everything") }),
  z.strictObject({ order: z.literal("correct"), id, text }),
  z.strictObject({ order: z.literal("suppose"), person: name, text }),
  z.strictObject({ order: z.literal("reword"), hypothesis: z.int().positive(), text }),
  z.strictObject({ order: z.literal("strike"), hypothesis: z.int().positive() }),
]);
export type MemoryOrder = z.infer<typeof memoryOrderSchema>;

/** What came of it, in a sentence; a receipt where something was forgotten. */
export type Carried = { done: boolean; because: string; receipt?: Receipt };

type Able = Pick<Memory, "forget" | "correct" | "index"> & {
  model: Pick<Memory["model"], "suppose" | "edit" | "strike">;
};

/** Facts that are embedded again at a time, after their words were taken out. */
const INDEX_MAX = 256;

/** Carries an order out. `by` is who gave it. Done twice it is done once: what is gone is gone. */
export async function carryOut(
  memory: Able,
  order: MemoryOrder,
  { by, signal }: { by: string; signal: AbortSignal },
): Promise<Carried> {
  switch (order.order) {
    case "correct": {
      const { id: fact, text: words } = order;
      const done = await memory.correct(fact, { text: words, by }, { signal });
      if (!done.corrected) return { done: false, because: done.because };
      return { done: true, because: `${fact} has ended, and ${done.id} holds in its place.` };
    }
    case "suppose":
      await memory.model.suppose({ person: order.person, text: order.text, by });
      return { done: true, because: "It is written down." };
    case "reword":
      return settled(await memory.model.edit(order.hypothesis, { text: order.text, by }), "It is changed.");
    case "strike":
      return settled(await memory.model.strike(order.hypothesis), "It is struck.");
    default: {
      const receipt = await memory.forget(scopeOf(order), { signal });
      await indexAll(memory, signal);
      return { done: receipt.stillFound.length === 0, because: tell(receipt), receipt };
    }
  }
}

/** What was forgotten is forgotten, whether what is left can be embedded again now or only later, in the background. */
async function indexAll(memory: Able, signal: AbortSignal): Promise<void> {
  try {
    while ((await memory.index(INDEX_MAX, signal)) > 0);
  } catch (error) {
    if (signal.aborted || !(error instanceof OperationalError)) throw error;
  }
}

function settled(done: boolean, because: string): Carried {
  return done ? { done, because } : { done, because: "There is no supposition of this number any more." };
}

type Scoped = Extract<MemoryOrder, { order: `forget${string}` }>;

function scopeOf(order: Scoped): Forgetting {
  switch (order.order) {
    case "forget":
      return { ids: order.ids };
    case "forget person":
      return { person: order.person };
    case "forget thread":
      return { thread: order.thread };
    case "forget everything":
      return { everything: true };
  }
}

/** The receipt as a sentence. */
function tell({ forgotten, rewritten, stillFound }: Receipt): string {
  const gone = forgotten.length === 0 ? "Nothing was there." : `${forgotten.length} are forgotten.`;
  const words = rewritten.length === 0 ? "" : ` Their words were taken out of ${rewritten.length} more.`;
  const again = stillFound.map(({ layer, because }) => `${layer}: ${because}`).join(" ");
  return `${gone}${words} ${again === "" ? "Every layer was searched again and found nothing of it." : again}`;
}
