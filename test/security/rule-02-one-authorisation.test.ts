/** Rule 2: one function decides, what is granted is never more than what the caller has, and it is decided at each use. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { z } from "zod";
import { defineTool, type Label } from "../../shared/engine/index.ts";
import { authorityOf, createGate, gateStates } from "../../shared/security/index.ts";
import { openTestLedger } from "../doubles/ledger.ts";
import { toolContext } from "../doubles/tool-context.ts";

const RANK = { refuse: 0, ask: 1, allow: 2 } as const;
const labels = fc.constantFrom<Label>("owner", "allowed", "stranger", "peer", "outside");
const words = fc.constantFrom("anna", "mallory", "x@evil.example", "7", "the report is ready now");

const calls = fc.record({
  effects: fc.constantFrom("none", "local", "external"),
  risk: fc.constantFrom("safe", "risky"),
  input: fc.dictionary(fc.constantFrom("to", "text"), words),
  said: fc.array(words, { maxLength: 3 }),
  seen: fc.array(fc.record({ text: words, asked: fc.constantFrom("{}", '{"to":"anna"}') }), { maxLength: 3 }),
});

test("whoever delegates gives at most what they have: more foreign text, or fewer words of a person, never allow more", () => {
  fc.assert(
    fc.property(calls, fc.array(labels), fc.array(labels), (call, given, added) => {
      const { effects, risk, input, said, seen } = call;
      const tool = { name: "act", effects, risk } as const;
      const sourcesOf = (all: readonly Label[]) => all.map((label) => ({ label, from: label }));
      const parent = authorityOf({
        tool,
        input,
        sources: sourcesOf(["owner", ...given]),
        said,
        seen,
        suspicious: () => false,
      });
      const child = authorityOf({
        tool,
        input,
        sources: sourcesOf(["owner", ...given, ...added]),
        said: said.slice(1),
        seen: [...seen, { text: said[0] ?? "" }],
        suspicious: () => true,
      });
      expect(RANK[child.kind]).toBeLessThanOrEqual(RANK[parent.kind]);
    }),
    { numRuns: 300 },
  );
});

const send = defineTool({
  name: "send-letter",
  description: "Sends a letter.",
  input: z.strictObject({ to: z.string() }),
  effects: "external",
  risk: "risky",
  gate: "server-ops",
  source: "trusted",
  parallel: false,
  run: async () => ({ text: "sent" }),
});

test("closing a gate, pausing and revoking a grant work at the very next call", async () => {
  const { ledger, close } = await openTestLedger();
  let open = true;
  const gate = createGate({
    states: () => gateStates([{ gate: "server-ops", value: open, source: "the environment" }]),
    paused: ledger.controls.pausedBecause,
    grants: ledger.grants.inForce,
  });
  const context = toolContext({ sources: [{ label: "owner", from: "you" }], said: ["write to anna"] });
  const decide = async () => (await gate.decide(send, { to: "anna" }, context)).allow;
  expect(await decide()).toBe("ask");
  const grant = await ledger.grants.make({
    agent: "kronos",
    tool: "send-letter",
    match: { to: "anna" },
    by: "you",
    expiresAt: 9e15,
  });
  expect(await decide()).toBe(true);
  await ledger.grants.revoke(grant.id);
  expect(await decide()).toBe("ask");
  open = false;
  expect(await decide()).toBe(false);
  close();
});

test("a grant covers its own words and nothing near them", async () => {
  const { ledger, close } = await openTestLedger();
  await ledger.grants.make({ agent: "kronos", tool: "send-letter", match: { to: "anna" }, by: "you", expiresAt: 9e15 });
  const gate = createGate({
    states: () => gateStates([{ gate: "server-ops", value: true, source: "the environment" }]),
    grants: ledger.grants.inForce,
  });
  const context = toolContext({ sources: [{ label: "owner", from: "you" }] });
  for (const to of ["Anna", "anna ", "anna2", "", "*"])
    expect((await gate.decide(send, { to }, context)).allow, to).toBe("ask");
  expect(
    (await gate.decide(send, { to: "anna" }, toolContext({ agent: "nexus", sources: context.sources }))).allow,
  ).toBe("ask");
  const withAPage = { ...context, sources: [...context.sources, { label: "outside", from: "fetch-page" } as const] };
  expect((await gate.decide(send, { to: "anna" }, withAPage)).allow).toBe("ask");
  close();
});
