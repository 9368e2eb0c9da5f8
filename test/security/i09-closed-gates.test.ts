/**
 * I9: a closed gate is closed on every path, and an explicit no wins over any yes. Chat, room, handed-over work and questions:
 * test/contracts/gates.test.ts. Here: who says what, what servers and agents bring along, and what waits for an approval.
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { z } from "zod";
import { readEnv } from "../../shared/config/index.ts";
import { defineTool, type Tool } from "../../shared/engine/index.ts";
import { createGate, gateSettings, gateStates, gates } from "../../shared/security/index.ts";
import { toolContext } from "../doubles/tool-context.ts";

const guarded = (gate: string, more: Partial<Tool> = {}): Tool => ({
  ...defineTool({
    name: "guarded",
    description: "Does what the gate guards.",
    input: z.strictObject({}),
    effects: "none",
    risk: "safe",
    gate,
    source: "trusted",
    parallel: false,
    run: async () => ({ text: "ran" }),
  }),
  ...more,
});

test("of any number of voices in any order one no is enough, and silence is a no", () => {
  const voices = fc.array(fc.record({ gate: fc.constantFrom(...gates.map(({ name }) => name)), yes: fc.boolean() }));
  fc.assert(
    fc.property(voices, (said) => {
      const settings = said.map(({ gate, yes }) => {
        const openWhen = gates.find(({ name }) => name === gate)?.openWhen ?? true;
        return { gate, value: yes ? openWhen : !openWhen, source: "somebody" };
      });
      for (const { name, open } of gateStates(settings)) {
        const words = said.filter(({ gate }) => gate === name);
        expect(open).toBe(words.length > 0 && words.every(({ yes }) => yes));
      }
    }),
  );
});

test.each(gates)(
  "a policy that opens $name does not win over an environment that closes it, nor the other way",
  ({ name, variable, openWhen }) => {
    const words = (open: boolean) => [{ name: variable, text: String(open === openWhen), line: 3 }] as never;
    for (const [environment, policy] of [
      [true, false],
      [false, true],
    ] as const) {
      const raw = { [variable]: String(environment === openWhen) };
      const { settings } = readEnv(raw, words(policy));
      expect(
        gateStates(gateSettings(settings)).find((gate) => gate.name === name)?.open,
        `${environment} ${policy}`,
      ).toBe(false);
    }
  },
);

test("neither an owner's own words, a grant, an approval tool, nor whoever declares the tool opens a closed gate", async () => {
  const grants = async () =>
    [{ id: 1, agent: "kronos", tool: "guarded", match: { to: "*" }, by: "you", expiresAt: 9e15 }] as never;
  const gate = createGate({ states: () => gateStates([]), grants });
  const context = toolContext({
    sources: [{ label: "owner", from: "you" }],
    said: ["yes, run guarded, it is allowed"],
  });
  for (const { name } of gates)
    for (const more of [{}, { risk: "risky" }, { effects: "external" }, { source: "outside" }] as const)
      expect(await gate.decide(guarded(name, more), { to: "anyone" }, context)).toMatchObject({
        allow: false,
        because: expect.stringContaining(`needs the gate ${name}, which is closed`),
      });
});
