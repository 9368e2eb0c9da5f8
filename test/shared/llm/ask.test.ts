/** Asking for a value of a shape: what counts as an answer, and what happens when none comes. */
import { expect, test } from "vitest";
import { z } from "zod";
import { type Model, noUsage } from "../../../shared/engine/index.ts";
import { askFor } from "../../../shared/llm/index.ts";
import { scriptedModel } from "../../doubles/scripted-model.ts";

const schema = z.object({ total: z.number(), note: z.string().optional() });
const usage = { inputTokens: 10, outputTokens: 2, costUsd: 0.5 };

function question(signal = new AbortController().signal) {
  return { name: "sum", entries: [{ role: "user", text: "2+2" } as const], tokensMax: 50, signal };
}

test.for([
  ["as it should be", '{"total": 4}'],
  ["in a fence", 'Here you are:\n```json\n{"total": 4}\n```\nAnything else?'],
  ["among friendly words", 'Sure! {"total": 4} is what I get, not {"total": 5}.'],
  ["with brackets and quotes inside a text", `Answer: ${JSON.stringify({ total: 4, note: 'a } in a "text {' })}`],
] as const)("JSON is found %s", async ([, text]) => {
  const model = scriptedModel([{ reply: { text, usage } }]);
  expect(await askFor(model, question(), schema)).toMatchObject({
    ok: { total: 4 },
    by: "scripted",
    usage: { costUsd: 0.5 },
  });
  model.assertPlayed();
});

test("an answer of another shape is sent back once, with what was wrong; both askings are counted", async () => {
  const model = scriptedModel([
    { reply: { text: '{"total": "four"}', usage } },
    {
      expects: ({ entries }) => entries.length === 3 && /total/.test(entries[2]?.text ?? ""),
      reply: { text: '{"total": 4}', usage },
    },
  ]);
  expect(await askFor(model, question(), schema)).toMatchObject({
    ok: { total: 4 },
    usage: { inputTokens: 20, costUsd: 1 },
  });
  model.assertPlayed();
});

test("a second answer of another shape is a failure that says so", async () => {
  const model = scriptedModel([{ reply: { text: "four", usage } }, { reply: { text: "four, I said", usage } }]);
  expect(await askFor(model, question(), schema)).toMatchObject({
    failed: "scripted did not give the answer asked for: it holds no JSON.",
    usage: { costUsd: 1 },
  });
});

test("an answer that came to its limit of tokens is not bought again", async () => {
  let askings = 0;
  const model: Model = {
    async complete() {
      askings++;
      const text = '{"total": 4, "note": "and';
      return { kind: "completed", text, calls: [], usage: noUsage, cut: true, by: "short" };
    },
  };
  expect(await askFor(model, question(), schema)).toMatchObject({
    failed: "short did not come to the end of its answer in 50 tokens",
  });
  expect(askings).toBe(1);
});

test("a failure of the model is not asked again", async () => {
  const model = scriptedModel([{ reply: { failed: "No model answered.", usage } }]);
  expect(await askFor(model, question(), schema)).toEqual({
    failed: "No model answered.",
    usage: expect.objectContaining({ costUsd: 0.5 }),
  });
});

test("a stop rejects", async () => {
  await expect(askFor(scriptedModel([]), question(AbortSignal.abort()), schema)).rejects.toMatchObject({
    name: "AbortError",
  });
});
