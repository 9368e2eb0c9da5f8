/** Every layer of memory keeps the one contract. */
import { createShared } from "../../../shared/memory/index.ts";
import { memoryLayerContract } from "../../contracts/memory-layer.ts";
import { openTestLedger } from "../../doubles/ledger.ts";
import { newMemory, signal, take } from "./memory-home.ts";

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
