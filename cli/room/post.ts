/** A person says something in the local room. */
import { type Clock, secret } from "../../shared/base/index.ts";
import type { Ledger } from "../../shared/ledger/index.ts";
import { MAIN_ROOM } from "../../shared/transport/index.ts";

/** Writes it into the ledger, which is all it takes: whoever is up hears it now, the others when they come up. Returns its number. */
export async function post(ledger: Ledger, clock: Clock, text: string): Promise<number> {
  const { seq } = await ledger.messages.record({
    room: MAIN_ROOM,
    messageId: `p${secret(12)}`,
    topic: null,
    sender: { kind: "owner", id: "owner", name: "you" },
    text: text.trim(),
    replyTo: null,
    saidAt: clock.now(),
  });
  return seq;
}
