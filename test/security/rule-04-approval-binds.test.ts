/** Rule 4: what a person approved is what runs, and it runs once. More of it: test/shared/agent/approvals.test.ts, and of skills test/dashboard/skills.test.ts. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { defineTool, type ModelRequest } from "../../shared/engine/index.ts";
import { createGate } from "../../shared/security/index.ts";
import { openTurns } from "../../shared/turns/index.ts";
import { openTestLedger, said } from "../doubles/ledger.ts";
import { createWorld } from "../shared/agent/world.ts";

const hasResult = (request: ModelRequest) => request.entries.some(({ role }) => role === "tool");

test("a model that asks for something else after the yes, and a process that died meanwhile, change nothing", async () => {
  const sent: string[] = [];
  const pay = defineTool({
    name: "pay-bill",
    description: "Pays a bill.",
    input: z.strictObject({ to: z.string(), usd: z.number() }),
    effects: "external",
    risk: "risky",
    source: "trusted",
    parallel: false,
    run: async ({ to, usd }) => {
      sent.push(`${to} ${usd}`);
      return { text: "paid" };
    },
  });
  const world = await createWorld(["kronos"]);
  const folder = mkdtempSync(join(tmpdir(), "kaos-rule-4-"));
  const turns = await openTurns({ path: join(folder, "turns.db"), clock: world.clock });
  onTestFinished(() => {
    turns.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const gate = createGate({ states: () => [] });
  let life = 0;
  const start = () => {
    const mine = ++life;
    const input = mine === 1 ? { to: "anna", usd: 5 } : { to: "mallory", usd: 5_000 };
    return world.start("kronos", (request) => (hasResult(request) ? "done" : { call: "pay-bill", input }), {
      tools: () => [pay],
      gate,
      turns,
    });
  };
  const first = await start();
  const asked = await world.say("@kronos pay anna 5");
  await world.until("a question", async () => (await world.replies(asked)).length > 0);
  first.kill();
  await start();
  await world.ledger.approvals.decide(1, { granted: true, by: "you" });
  await world.until("an answer", async () => (await world.replies(asked)).length > 1);
  expect(sent).toEqual(["anna 5"]);
});

test("a yes to some arguments is a no to any others of the same call", async () => {
  const { ledger, close } = await openTestLedger();
  const { seq: message } = await ledger.messages.record(said("pay"));
  const question = {
    agent: "kronos",
    turn: "t",
    call: "c",
    tool: "pay-bill",
    message,
    because: "it is risky",
    sources: [],
  };
  const { id } = await ledger.approvals.ask({ ...question, arguments: '{"to":"anna"}' });
  await ledger.approvals.decide(id, { granted: true, by: "you" });
  expect(await ledger.approvals.ask({ ...question, arguments: '{"to":"anna"}' })).toMatchObject({ state: "granted" });
  expect(await ledger.approvals.ask({ ...question, arguments: '{"to":"mallory"}' })).toMatchObject({ state: "denied" });
  expect(await ledger.approvals.decide(id, { granted: false, by: "you" })).toMatchObject({ decided: false });
  close();
});
