/** I5: chains of replies between agents end, whoever addresses whom, in any order of what six agents do. */
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Ledger, type Message, PEER_REPLIES_MAX } from "../../../shared/ledger/index.ts";
import { HOPS_MAX } from "../../../shared/routing/index.ts";
import { card, openTestLedger, type StandingClock, said, standingClock } from "../../doubles/ledger.ts";

const SIX = ["impulse", "keystone", "kronos", "lacuna", "nexus", "resonant"] as const;

let clock: StandingClock;
let ledger: Ledger;
let close: () => void;

beforeAll(async () => {
  clock = standingClock();
  ({ ledger, close } = await openTestLedger(clock));
});
afterAll(() => close());

describe("a chain of replies", () => {
  /** Who replies to which of the earlier messages; a person now and then; some hear an answer before its question. */
  const conversations = fc.array(
    fc.record({ by: fc.constantFrom(...SIX, "you"), to: fc.nat(), before: fc.boolean() }),
    { minLength: 1, maxLength: 30 },
  );

  test("knows its length and the person it goes back to, in whatever order it was heard", async () => {
    await fc.assert(
      fc.asyncProperty(conversations, async (replies) => {
        const known: Message[] = [];
        for (const { by, to, before } of replies) {
          const parent = before ? undefined : known[to % Math.max(1, known.length)];
          const sender = by === "you" ? {} : { sender: { kind: "agent", id: by, name: by } as const };
          const heard = said("and you?", {
            ...sender,
            replyTo: parent?.messageId ?? (before ? "not heard yet" : null),
          });
          const { seq } = await ledger.messages.record(heard);
          const message = await ledger.messages.get(seq);
          if (message === undefined) throw new Error("what was recorded can be read");
          const follows = by !== "you" && parent !== undefined;
          expect(message).toMatchObject({
            root: follows ? parent.root : seq,
            hops: follows ? parent.hops + 1 : 0,
          });
          known.push(message);
        }
      }),
      { numRuns: 50 },
    );
  });
});

describe("agents that answer every colleague and address all others", () => {
  /** Whose turn it is, again and again: each time that agent does its next step, whatever the others are in the middle of. */
  const orders = fc.array(fc.constantFrom(...SIX), { minLength: 20, maxLength: 120 });
  const STEPS_MAX = 5_000;

  test(`I5: answer the person once each, and one another ${PEER_REPLIES_MAX} times at most, ${HOPS_MAX} in a row`, async () => {
    await fc.assert(
      fc.asyncProperty(orders, fc.subarray([...SIX], { minLength: 1 }), async (order, asked) => {
        for (const name of SIX) await ledger.agents.arrive(card(name), 1);
        const { seq: root } = await ledger.messages.record(said("who knows?", { saidAt: clock.now() }));
        const talkers = SIX.map((name) => createTalker(name, root, asked.includes(name)));
        for (const name of order) await talkers.find((talker) => talker.name === name)?.step();
        let steps = 0;
        for (let busy = true; busy; ) {
          busy = false;
          for (const talker of talkers) busy = (await talker.step()) || busy;
          expect(++steps).toBeLessThan(STEPS_MAX);
        }
        const replies = (await ledger.messages.thread(root)).filter(({ sender }) => sender.kind === "agent");
        const toPerson = replies.filter(({ hops }) => hops === 1).map(({ sender }) => sender.name);
        expect(toPerson.toSorted()).toEqual(asked.toSorted());
        expect(replies.length - asked.length).toBeLessThanOrEqual(PEER_REPLIES_MAX);
        for (const { hops } of replies) expect(hops).toBeLessThanOrEqual(HOPS_MAX);
        for (const claim of await ledger.claims.ofRoot(root)) expect(["sent", "yielded"]).toContain(claim.state);
      }),
      { numRuns: 15 },
    );
  });

  /** Reads the thread in order; of each message that addresses it a claim, which it takes, commits and sends step by step. */
  function createTalker(name: string, root: number, asked: boolean) {
    let read = root - 1;
    const work: (() => Promise<void>)[] = [];

    async function attend(message: Message): Promise<void> {
      const peers = message.sender.kind === "agent";
      if (message.sender.name === name || (peers && message.hops >= HOPS_MAX) || (!peers && !asked)) return;
      const bid = { message: message.seq, root, agent: name, tier: 1, eta: clock.now(), because: "addressed" } as const;
      const { id } = await ledger.claims.place(bid);
      work.push(async () => {
        const taking = await ledger.claims.take(id, { cap: 2 });
        if (taking.kind !== "held") return;
        work.push(async () => {
          await ledger.claims.commitReply(id, taking.fence, { parts: ["and all of you?"], by: "test" });
          work.push(async () => {
            const parcel = await ledger.outbox.take(name);
            if (parcel !== undefined) await ledger.outbox.post(parcel.id, { id: name, name });
          });
        });
      });
    }

    return {
      name,
      /** Its next step; false when there is none. */
      async step(): Promise<boolean> {
        const next = work.shift();
        if (next !== undefined) await next();
        else {
          const message = (await ledger.messages.thread(root)).find(({ seq }) => seq > read);
          if (message === undefined) return false;
          read = message.seq;
          await attend(message);
        }
        return true;
      },
    };
  }
});
