/** The answer to an action that was not done. */
import { html } from "../html.ts";
import type { Answer } from "../view.ts";

/** `because` is the sentence that stands where the form was. */
export function refused(because: string): Answer {
  return { kind: "refused", because, fragment: html`<p class="refusal" role="alert">${because}</p>` };
}
