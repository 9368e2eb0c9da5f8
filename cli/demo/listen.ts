/** Tells what happens in the ledger until what is waited for has come about. */
import { type Clock, OperationalError } from "../../shared/base/index.ts";
import type { Ledger, Message } from "../../shared/ledger/index.ts";
import { feed } from "../feed.ts";
import { post } from "../room/post.ts";
import { isQuiet } from "./count.ts";
import type { Narrator } from "./narrate.ts";

/** It did not come about in time. */
export class TookTooLong extends OperationalError {
  override readonly name = "TookTooLong";
}

export interface Listener {
  /** A person says this in the room. */
  say(text: string): Promise<Message>;
  /** Tells everything up to the moment at which this is so. Rejects with an AbortError when told to stop, or TookTooLong. */
  until(isSo: () => Promise<boolean>): Promise<void>;
  /** Everybody is done with this message, and with all that was said to it. */
  untilQuiet(root: Message): Promise<void>;
}

type Deps = { ledger: Ledger; clock: Clock; narrator: Narrator; signal: AbortSignal };

/** A step of the story takes seconds; a busy machine gets more. */
const STEP_MAX_MS = 60_000;

export function createListener({ ledger, clock, narrator, signal }: Deps): Listener {
  let last = 0;

  async function until(isSo: () => Promise<boolean>): Promise<void> {
    if ((await ledger.events.last()) === last && (await isSo())) return;
    const tooLong = AbortSignal.timeout(STEP_MAX_MS);
    for await (const event of feed(ledger, last, AbortSignal.any([signal, tooLong]))) {
      last = event.id;
      await narrator.tell(event);
      if ((await ledger.events.last()) === last && (await isSo())) return;
    }
    signal.throwIfAborted();
    throw new TookTooLong(`It has not come to its end within ${STEP_MAX_MS / 1_000} s`);
  }

  return {
    async say(text) {
      const message = await ledger.messages.get(await post(ledger, clock, text));
      if (message === undefined) throw new Error("a message that was posted is in the ledger");
      return message;
    },
    until,
    async untilQuiet(root) {
      await until(() => isQuiet(ledger, root));
      narrator.tellDeclined(root.seq);
    },
  };
}
