/** The order of volunteers is written twice, as SQL where slots are taken and as a function where claims are read: they are one order. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { byRank, type Tier } from "../../../shared/ledger/index.ts";
import { card, openTestLedger, said, standingClock } from "../../doubles/ledger.ts";

const NAMES = ["a", "a-b", "a1", "ab", "b", "zz"];
/** By then every time has come, and nobody has been overdue for long enough to be passed over. */
const DUE_MS = 10_000;

const bids = fc.uniqueArray(
  fc.record({
    agent: fc.constantFrom(...NAMES),
    tier: fc.constantFrom<Tier>(2, 3),
    etaMs: fc.constantFrom(0, 1, 500, 9_999),
  }),
  { selector: ({ agent }) => agent, minLength: 1, maxLength: NAMES.length },
);

test("whoever is first by rank takes the slot, and everybody else waits for it", async () => {
  const clock = standingClock();
  const { ledger, close } = await openTestLedger(clock);
  for (const name of NAMES) await ledger.agents.arrive(card(name), 1);
  await fc.assert(
    fc.asyncProperty(bids, fc.array(fc.nat()), async (placed, shuffle) => {
      const root = (await ledger.messages.record(said("Who?", { saidAt: clock.now() }))).seq;
      for (const agent of NAMES.filter((name) => placed.every((bid) => bid.agent !== name)))
        await ledger.outcomes.put({ message: root, agent, outcome: "declined", because: "not its own" });
      const claims = [];
      for (const { agent, tier, etaMs } of placed)
        claims.push(
          await ledger.claims.place({
            message: root,
            root,
            agent,
            tier,
            eta: clock.now() + etaMs,
            because: "fit 9 of 10",
          }),
        );
      clock.tick(DUE_MS);
      for (const { name, epoch } of await ledger.agents.roster()) await ledger.agents.beat(name, epoch);
      const [first] = claims.toSorted(byRank);
      const asking = claims.toSorted((one, other) => (shuffle[one.id % 7] ?? 0) - (shuffle[other.id % 7] ?? 0));
      for (const { id, agent } of asking) {
        const taking = await ledger.claims.take(id, { cap: 2 });
        if (id === first?.id) {
          expect(taking.kind).toBe("held");
          break;
        }
        expect(taking, agent).toMatchObject({ kind: "waiting", because: `${first?.agent} comes first` });
      }
    }),
    { numRuns: 60 },
  );
  close();
});
