/** Does to its own memory what a person ordered in the control room, which may not write it: forgets, corrects, changes what is supposed. */
import { noUsage } from "../../engine/index.ts";
import { carryOut, memoryOrderSchema } from "../../memory/index.ts";
import type { Errand } from "./errand.ts";

/** Only a person's order: what a colleague or a page wants forgotten is not. The receipt is the result. */
export const tendMemory: Errand = async ({ memory, members }, { task, giver }, signal) => {
  const nobody = { usage: noUsage, by: undefined };
  if (memory === undefined) return { kind: "returned", because: "it remembers nothing", ...nobody };
  if (giver === "swarm" || members.some(({ name }) => name === giver))
    return { kind: "returned", because: "only a person may order this", ...nobody };
  const order = memoryOrderSchema.parse(JSON.parse(task));
  const carried = await carryOut(memory, order, { by: giver, signal });
  return { kind: "result", result: JSON.stringify(carried), because: carried.because, ...nobody };
};
