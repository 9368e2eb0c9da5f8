/** A turn that was interrupted, or waited for a person's decision, goes on: it answers in the room, or whoever gave the work. */
import { noUsage } from "../../engine/index.ts";
import type { TurnRow } from "../../turns/index.ts";
import { reviewed } from "../review.ts";
import { type About, turnOf } from "../turn.ts";
import { type Done, type Errand, toAnswer } from "./errand.ts";

export const resumeTurn: Errand = async (speaking, { task }, signal): Promise<Done> => {
  const kept = await speaking.turns?.get(task);
  if (kept === undefined) {
    return {
      kind: "result",
      result: null,
      because: `the turn ${task} is not kept any more`,
      usage: noUsage,
      by: undefined,
    };
  }
  const { entries, sources } = kept;
  const about = aboutOf(kept);
  const end = await turnOf(speaking, { about, purpose: "answer", entries, ...saidIn(kept), sources, signal });
  const done = toAnswer(end);
  const asked = about.message === null ? undefined : await speaking.ledger.messages.get(about.message);
  if (done.kind !== "answer" || asked === undefined) return done;
  return { ...done, text: await reviewed(speaking, about.key, asked, done, signal) };
};

/** A turn of a chat goes back to no message of the ledger. */
function aboutOf({ id, about }: Pick<TurnRow, "id" | "about">): About {
  if (isOfChat(about)) return { message: null, depth: 0, key: id, mayPass: false };
  return about as About;
}

/** But to what a person said. */
function saidIn({ about, entries }: Pick<TurnRow, "about" | "entries">): { said?: string[] } {
  if (!isOfChat(about)) return {};
  return { said: entries.flatMap((entry) => (entry.role === "user" ? [entry.text] : [])) };
}

function isOfChat(about: TurnRow["about"]): boolean {
  return !("message" in about);
}
