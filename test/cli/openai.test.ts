/** Seven real processes and the `openai` package: a program talks to an agent and to the swarm, and what it said stands in the ledger. */
import OpenAI from "openai";
import { expect, onTestFinished, test } from "vitest";
import { kaos, kaosAlone, newHome } from "./kaos.ts";

const KEY = "a-key-of-this-test-only";
const env = { KAOS_API_KEYS: `test:${KEY}`, SWARM_PACE: "0.05", OFFLINE_WORDS_PER_SECOND: "60" };

test("the openai package streams an answer from an agent and from the swarm", async () => {
  const home = newHome();
  onTestFinished(async () => void (await kaosAlone(home, ["down"])));
  expect((await kaosAlone(home, ["up"], { env })).code).toBe(0);
  const { url } = JSON.parse((await kaos(home, ["status", "--json"], { env })).stdout) as { url: string };
  const program = new OpenAI({ apiKey: KEY, baseURL: `${url}/v1`, maxRetries: 0 });
  const stream = async (model: string, text: string) => {
    const pieces: string[] = [];
    for await (const chunk of await program.chat.completions.create({
      model,
      stream: true,
      messages: [{ role: "user", content: text }],
    }))
      pieces.push(chunk.choices[0]?.delta.content ?? "");
    return pieces.filter((piece) => piece !== "");
  };

  expect((await program.models.list()).data.map(({ id }) => id)).toContain("nexus");
  const sum = await stream("nexus", "What is 12*7?");
  expect(sum.join("")).toContain("84");

  const swarm = await stream("swarm", "We have two weeks and one engineer. Ship the importer or fix onboarding first?");
  expect(swarm.join("")).toMatch(/^\*\*(impulse|keystone|kronos|lacuna|nexus|resonant):\*\* \S/);
  expect(swarm.length).toBeGreaterThan(1);

  const whole = await program.chat.completions.create({
    model: "kronos",
    messages: [{ role: "user", content: "What should we do first?" }],
  });
  expect(whole.choices[0]?.message.content).toMatch(/\w/);
  expect(whole.usage?.total_tokens).toBeGreaterThan(0);
  expect((await kaos(home, ["why", "1"], { env })).stdout).toMatch(/nexus +answered +tier 1/);
  expect((await fetch(`${url}/readyz`)).status).toBe(200);
  await expect(program.models.retrieve("gpt-5")).rejects.toMatchObject({ status: 404, code: "model_not_found" });
});
