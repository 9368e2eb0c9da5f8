/** Every layer of memory keeps the one contract. */
import { expect, test } from "vitest";
import { createShared, sharedWordsOf } from "../../../shared/memory/index.ts";
import { memoryLayerContract } from "../../contracts/memory-layer.ts";
import { openTestLedger } from "../../doubles/ledger.ts";
import { newFact, newMemory, signal, take } from "./memory-home.ts";

for (const name of ["facts", "vectors"] as const) {
  memoryLayerContract(`the ${name} layer`, async () => {
    const memory = await newMemory();
    return { layer: memory.layer(name), take: (facts) => take(memory, facts), close: async () => {} };
  });
}

memoryLayerContract("the graph layer", async () => {
  const memory = await newMemory();
  return { layer: memory.graph, take: (facts) => take(memory, facts), close: async () => {} };
});

memoryLayerContract("the shared layer", async () => {
  const { ledger, close } = await openTestLedger();
  const layer = createShared(ledger.sharedFacts, { agent: "kronos" });
  return {
    layer,
    async take(facts) {
      await layer.put(facts, { signal });
      return facts.map(({ id }) => id);
    },
    close: async () => close(),
  };
});

test("layer 5 tells a fact from its opposite, and knows the same words again, also from before it could", async () => {
  const { ledger, close } = await openTestLedger();
  const [kronos, nexus] = ["kronos", "nexus"].map((agent) => createShared(ledger.sharedFacts, { agent }));
  const memory = await newMemory();
  const kept = await memory.facts.many(
    await take(
      memory,
      ["I like tea", "I do not like tea"].map((text) => newFact(text)),
    ),
  );
  await kronos?.put(kept, { signal });
  await nexus?.put(
    kept.map((fact, n) => ({ ...fact, id: `f00000000000${n}` })),
    { signal },
  );
  const known = await nexus?.known({ person: "ann" });
  expect(known?.map(({ fact, ids }) => [fact.text, ids.length])).toEqual([
    ["I like tea", 2],
    ["I do not like tea", 2],
  ]);
  // Earlier versions put the stems where the digest stands now.
  const { stems } = sharedWordsOf("I swim");
  const swim = {
    id: "f1",
    subject: "ann",
    text: "I swim",
    kind: "knowledge",
    origin: "person",
    audience: "public",
  } as const;
  const rest = { confidence: 1, saidBy: "Ann", quote: null, message: null, validFrom: 1, validTo: null, learnedAt: 1 };
  await ledger.sharedFacts.put("kronos", [{ ...swim, ...rest, stems, digest: stems }]);
  await ledger.sharedFacts.put("nexus", [{ ...swim, ...rest, ...sharedWordsOf("I swim"), id: "f2" }]);
  expect(await ledger.sharedFacts.known({ ids: ["f1"] })).toMatchObject([{ ids: ["f1", "f2"] }]);
  close();
});
