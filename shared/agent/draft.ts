/** What a model has written of its answer so far, before anybody may see it. */
import type { TurnEvent } from "../engine/index.ts";

/**
 * Characters of an answer that are shown while it is written, twice what a completion may have: a draft is validated from its
 * beginning again and again, and a stream without an end would take all the time there is. The rest is shown with the answer.
 */
const DRAFT_CHARACTERS_MAX = 32_000;

/** `heard` says whether the event made it another one. */
export function createDraft(): { heard(event: TurnEvent): boolean; text(): string } {
  let text = "";
  return {
    heard(event) {
      if (event.kind === "retracted") text = "";
      else if (event.kind === "text" && text.length <= DRAFT_CHARACTERS_MAX) text += event.piece;
      else return false;
      return true;
    },
    text: () => text,
  };
}
