/** A gate for tests of what happens behind it: open for everything, or closed for the tools it is given. */
import type { Gate } from "../../shared/engine/index.ts";

export function createOpenGate({ closed = [] }: { closed?: readonly string[] } = {}): Gate {
  return {
    decide: async ({ name }) =>
      closed.includes(name) ? { allow: false, because: `the test closed the gate for ${name}` } : { allow: true },
  };
}
