/** An answer as it is written: each piece validated before anybody sees it, and taken back when it was not the answer yet. */
import type { TurnEvent } from "../engine/index.ts";
import { createDraft } from "./draft.ts";

/** Who watches a turn; everything arrives validated. */
export type Showing = {
  /** Each piece of the answer as it is written. */
  onText?(piece: string): void;
  /** What was written so far was not the answer yet: a tool is asked first. */
  onRetracted?(): void;
  /** A tool is asked, with these arguments. */
  onCall?(tool: string, args: string): void;
  /** How far a long call is, or what it waits for. */
  onProgress?(tool: string, text: string): void;
};

/** The output validator, for whole texts and for texts that are still being written. */
type Validators = { validate(text: string): string; validateDraft(text: string): string };

/** Passes on what is new of a validated draft, in the end the rest of the answer, and what tools are asked meanwhile. */
export function createStreaming(
  { validate, validateDraft }: Validators,
  { onText, onRetracted, onCall, onProgress }: Showing,
) {
  const draft = createDraft();
  let shown = "";
  const show = (safe: string) => {
    if (!safe.startsWith(shown) || safe === shown) return;
    onText?.(safe.slice(shown.length));
    shown = safe;
  };
  return {
    onEvent(event: TurnEvent): void {
      const isOther = draft.heard(event);
      switch (event.kind) {
        case "text":
          if (isOther) show(validateDraft(draft.text()));
          return;
        case "retracted":
          if (shown !== "") onRetracted?.();
          shown = "";
          return;
        case "call":
          onCall?.(event.call.tool, validate(event.call.arguments));
          return;
        case "progress":
          onProgress?.(event.call.tool, validate(event.text));
          return;
        default:
          return;
      }
    },
    finish(answer: string): void {
      // The validator took out something that a draft had shown: then the answer begins again.
      if (!answer.startsWith(shown)) {
        onRetracted?.();
        shown = "";
      }
      show(answer);
    },
  };
}
