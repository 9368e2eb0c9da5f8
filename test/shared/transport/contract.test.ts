/** The contract of a transport, kept by the local room. */
import type { Ledger } from "../../../shared/ledger/index.ts";
import { createRoom, MAIN_ROOM, type Outgoing } from "../../../shared/transport/index.ts";
import { transportContract } from "../../contracts/transport.ts";
import { card, openTestLedger, said, standingClock } from "../../doubles/ledger.ts";

transportContract("the local room", async () => {
  const clock = standingClock();
  const { ledger, close } = await openTestLedger(clock);
  const transport = createRoom({
    post: (id) => ledger.outbox.post(id, { id: "kronos", name: "kronos" }),
    catchUpMaxAgeMs: 1_000,
  });
  const nothing = () => Promise.reject(new Error("the room has nothing to tell"));
  await transport.start({ said: nothing, edited: nothing, deleted: nothing, reacted: nothing });
  await ledger.agents.arrive(card("kronos"), 1);
  const messages = async () => ledger.messages.latest(MAIN_ROOM, 100);

  return {
    transport,
    room: MAIN_ROOM,
    async say(text) {
      const heard = said(text, { room: MAIN_ROOM });
      await ledger.messages.record(heard);
      return heard.messageId;
    },
    letter: (text, replyTo) => reply(ledger, text, replyTo),
    async unsendable(letter) {
      await ledger.outbox.fail(letter.id, "cancelled");
      return letter;
    },
    shown: async () =>
      (await messages())
        .filter(({ sender }) => sender.kind === "agent")
        .map(({ messageId, text, replyTo }) => ({ messageId, text, replyTo })),
    async close() {
      await transport.close();
      close();
    },
  };
});

/** A parcel comes from a claim; each of these is addressed, so that none waits for another. */
async function reply(ledger: Ledger, text: string, replyTo: string): Promise<Outgoing> {
  // A claim is one per message: another letter answers another message with the same words.
  const asked = await ledger.messages.find(MAIN_ROOM, replyTo);
  if (asked === undefined) throw new Error("nobody has asked");
  const taken = (await ledger.claims.ofRoot(asked.seq)).length > 0;
  const root = taken ? (await ledger.messages.record(said(asked.text, { room: MAIN_ROOM }))).seq : asked.seq;
  const bid = { message: root, root, agent: "kronos", tier: 1, eta: 0, because: "addressed" } as const;
  const { id } = await ledger.claims.place(bid);
  const taking = await ledger.claims.take(id, { cap: 2 });
  if (taking.kind !== "held") throw new Error("not held");
  await ledger.claims.commitReply(id, taking.fence, { parts: [text], by: "test" });
  const parcel = await ledger.outbox.take("kronos");
  if (parcel === undefined) throw new Error("nothing to send");
  return parcel;
}
