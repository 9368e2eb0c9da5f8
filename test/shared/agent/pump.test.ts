import { expect, test } from "vitest";
import { pump } from "../../../shared/agent/pump.ts";
import { silentLog, systemClock } from "../../../shared/base/index.ts";
import type { Ledger } from "../../../shared/ledger/index.ts";
import { card, openTestLedger, said } from "../../doubles/ledger.ts";

test("a message under way when the agent is told to stop is taken up by its next life", async () => {
  const { ledger, close } = await openTestLedger();
  await ledger.agents.arrive(card("kronos"), 1);
  const { seq } = await ledger.messages.record(said("who takes this?"));
  const stopping = new AbortController();
  const seen: number[] = [];
  // The word to stop comes while the pump reads on: what it has begun has ended by then, undone.
  const stopsWhileReading: Ledger = {
    ...ledger,
    messages: {
      ...ledger.messages,
      async after(from, limit) {
        const fresh = await ledger.messages.after(from, limit);
        if (seen.length > 0) {
          stopping.abort();
          await new Promise((resolve) => setImmediate(resolve));
        }
        return fresh;
      },
    },
  };
  await pump(
    {
      agent: "kronos",
      ledger: stopsWhileReading,
      clock: systemClock,
      log: silentLog,
      attend: (message, signal) =>
        new Promise((_, reject) => {
          seen.push(message.seq);
          signal.addEventListener("abort", () => reject(signal.reason), { once: true });
        }),
      goOn: async () => {},
    },
    stopping.signal,
  );
  const [kronos] = await ledger.agents.roster();
  close();
  expect(seen).toEqual([seq]);
  expect(kronos?.cursor).toBeLessThan(seq);
});
