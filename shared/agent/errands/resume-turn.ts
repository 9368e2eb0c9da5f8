/** A person has decided on a call: the turn that waits for it goes on, and answers in the room. */
import { noUsage } from "../../engine/index.ts";
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
  const end = await turnOf(speaking, { about: kept.about as About, purpose: "answer", entries, sources, signal });
  return toAnswer(end);
};
