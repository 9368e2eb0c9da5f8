/** Correcting: the old fact ends and leads to the new one, whatever was said before and whatever fails on the way. */
import { expect, test } from "vitest";
import { OperationalError } from "../../../shared/base/index.ts";
import { createShared, type Memory, type Reader } from "../../../shared/memory/index.ts";
import { openTestLedger } from "../../doubles/ledger.ts";
import { memoryClock, newFact, newMemory, signal, take } from "./memory-home.ts";

const ann: Reader = { person: "ann", isOwner: false, room: null };
const correct = (memory: Memory, id: string, text: string) => memory.correct(id, { text, by: "Ann" }, { signal });

class LedgerBusy extends OperationalError {
  override readonly name = "LedgerBusy";
}

test("a fact that is corrected there and back holds once, and leads to nothing that has ended", async () => {
  const clock = memoryClock();
  const memory = await newMemory({ clock });
  const [berlin = ""] = await take(memory, [newFact("I live in Berlin")]);
  clock.tick(1_000);
  const rome = await correct(memory, berlin, "I live in Rome");
  clock.tick(1_000);
  const back = await correct(memory, rome.corrected ? rome.id : "", "I live in Berlin");
  const facts = await memory.facts.list({ limit: 10 });
  expect(facts.filter(({ validTo }) => validTo === null)).toMatchObject([
    { id: back.corrected ? back.id : "", text: "I live in Berlin", successor: null },
  ]);
  const [first] = (await memory.recall("Where do I live?", { reader: ann })).recollections;
  expect(first?.fact).toMatchObject({ text: "I live in Berlin", validTo: null });
});

test("the same words in other letters correct nothing, and the fact goes on", async () => {
  const memory = await newMemory();
  const [id = ""] = await take(memory, [newFact("I live in Berlin")]);
  expect(await correct(memory, id, "i live in BERLIN!")).toMatchObject({ corrected: false });
  expect(await memory.facts.get(id)).toMatchObject({ validTo: null, successor: null });
});

test("a correction that colleagues could not be told of is told when it is ordered again", async () => {
  const { ledger, close } = await openTestLedger();
  const shared = createShared(ledger.sharedFacts, { agent: "kronos" });
  let isBusy = false;
  const memory = await newMemory({
    shared: { ...shared, forget: (...of) => (isBusy ? Promise.reject(new LedgerBusy("busy")) : shared.forget(...of)) },
  });
  const [id = ""] = await take(memory, [newFact("I live in Berlin")]);
  await shared.put(await memory.facts.many([id]), { signal });
  isBusy = true;
  await expect(correct(memory, id, "I live in Rome")).rejects.toThrow("busy");
  isBusy = false;
  expect(await correct(memory, id, "I live in Rome")).toMatchObject({ corrected: true });
  expect((await shared.known({ person: "ann" })).map(({ fact }) => fact.text)).toEqual(["I live in Rome"]);
  expect(await memory.facts.list({ limit: 10 })).toHaveLength(2);
  expect(await correct(memory, id, "I live in Oslo")).toMatchObject({
    because: expect.stringMatching(/holds no more/),
  });
  close();
});
