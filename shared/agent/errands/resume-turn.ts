/** A turn that was interrupted, or waited for a person's decision, goes on: it answers in the room, or whoever gave the work. */
import { noUsage } from "../../engine/index.ts";
import type { TurnRow } from "../../turns/index.ts";
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
  const end = await turnOf(speaking, { about: aboutOf(kept), purpose: "answer", entries, sources, signal });
  return toAnswer(end);
};

/** A turn of a chat goes back to no message of the ledger. */
function aboutOf({ id, about }: Pick<TurnRow, "id" | "about">): About {
  if ("message" in about) return about as About;
  return { message: null, depth: 0, key: id, mayPass: false };
}
