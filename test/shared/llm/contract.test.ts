/** The contract of a model, kept by all three that there are. */

import { modelContract, type Scenario } from "../../contracts/model.ts";
import { calling, type Exchange, openAiServer, refusing, saying } from "../../doubles/openai-server.ts";
import { type ScriptedStep, scriptedModel } from "../../doubles/scripted-model.ts";
import { modelsWith, providerAt } from "./parts.ts";

const told = (sent: object) => JSON.stringify(sent).includes("21:04 in Tokyo");
const scores = '{"scores":{"ada":9,"bob":2}}';
const greeting = "Hello there, glad that you came by.";

modelContract("the offline model", async () => ({ model: modelsWith([]).standard, close: async () => {} }));

const exchanges: Record<Scenario, Exchange[]> = {
  words: [{ answer: saying(greeting) }],
  tool: [
    { expects: ({ body }) => !told(body), answer: calling("call_a", "current-time", '{"timeZone":"Asia/Tokyo"}') },
    { expects: ({ body }) => told(body), answer: saying("It is 21:04 there.") },
  ],
  shape: [{ expects: ({ body }) => "response_format" in body, answer: saying(scores) }],
  failure: [{ answer: refusing(400, { message: "no such form" }) }],
};

modelContract("a provider over HTTP", async (scenario) => {
  const server = await openAiServer(exchanges[scenario]);
  return { model: modelsWith([providerAt(server.baseUrl)]).standard, close: server.close };
});

const usage = { outputTokens: 5 };
const steps: Record<Scenario, ScriptedStep[]> = {
  words: [{ reply: { text: greeting, usage } }],
  tool: [
    { reply: { calls: [{ id: "call_a", tool: "current-time", arguments: "{}" }] } },
    { expects: told, reply: { text: "It is 21:04 there." } },
  ],
  shape: [{ reply: { text: scores } }],
  failure: [{ reply: { failed: "The script has no such form." } }],
};

modelContract("the scripted model", async (scenario) => {
  const model = scriptedModel(steps[scenario]);
  return { model, close: async () => model.assertPlayed() };
});
