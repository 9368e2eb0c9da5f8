/** What every model keeps, whoever is behind it: the offline one, a provider over HTTP, the scripted double. */
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { defineTool, type Model, type ModelOptions, type ModelRequest } from "../../shared/engine/index.ts";

/** What a model under test is asked; whoever plays a script knows from it what will come. */
export type Scenario = "words" | "tool" | "shape" | "failure";

export const persona = `You are Testa, who tests.

## Lines

- en hello: Hello there, glad that you came by.
- en any: Write it down, then look again.
- ru hello: Здравствуйте, рада вас видеть.`;

export const clockTool = defineTool({
  name: "current-time",
  description: "The current time in a time zone.",
  input: z.strictObject({ timeZone: z.string().default("UTC") }),
  effects: "none",
  risk: "safe",
  source: "trusted",
  parallel: true,
  run: async () => ({ text: "21:04 in Tokyo" }),
});

const scores = z.object({ scores: z.object({ ada: z.int().min(1).max(10), bob: z.int().min(1).max(10) }) });

/** The requests of the scenarios, so that a script can be written for them. */
export const requests = {
  words: ask("Hello everybody!"),
  tool: { ...ask("What time is it in Tokyo?"), tools: [clockTool] },
  shape: {
    entries: [
      { role: "system", text: "Rate how much the message is each agent's own, 1 to 10." },
      {
        role: "user",
        text: JSON.stringify({
          message: "The tests are red",
          agents: [
            { name: "ada", role: "tests and quality", subjects: ["tests"], keywords: ["test*"] },
            { name: "bob", role: "colours", subjects: ["paint"], keywords: ["colour*"] },
          ],
        }),
      },
    ],
    tools: [],
    answer: { name: "relevance", schema: scores },
    tokensMax: 200,
  },
  failure: { ...ask("Fill this form."), answer: { name: "tax-return", schema: z.object({ total: z.number() }) } },
} as const satisfies Record<Scenario, ModelRequest>;

/** Runs the suite; `open` gives a model that is ready for one scenario, and `close` checks that it played its part. */
export function modelContract(
  name: string,
  open: (scenario: Scenario) => Promise<{ model: Model; close(): Promise<void> }>,
): void {
  const play = async (scenario: Scenario, story: (model: Model) => Promise<void>) => {
    const { model, close } = await open(scenario);
    await story(model);
    await close();
  };

  describe(`${name} keeps the contract of a model`, () => {
    test("it answers in words, piece by piece, and says what that cost and who did it", () =>
      play("words", async (model) => {
        const pieces: string[] = [];
        const completion = await model.complete(
          frozen(requests.words),
          options({ onText: (piece) => pieces.push(piece) }),
        );
        if (completion.kind === "failed") throw new Error(completion.because);
        expect(pieces.length).toBeGreaterThan(1);
        expect(pieces.join("")).toBe(completion.text);
        expect(completion.text.trim()).not.toBe("");
        expect(completion.calls).toEqual([]);
        expect(completion.by).not.toBe("");
        for (const figure of Object.values(completion.usage)) expect(figure).toBeGreaterThanOrEqual(0);
        expect(completion.usage.outputTokens).toBeGreaterThan(0);
      }));

    test("it asks for a tool that is offered, and answers from what the tool brought", () =>
      play("tool", async (model) => {
        const asked = await model.complete(frozen(requests.tool), options());
        if (asked.kind === "failed") throw new Error(asked.because);
        expect(asked.calls).toHaveLength(1);
        const [call] = asked.calls;
        expect(call).toMatchObject({ tool: "current-time", arguments: expect.any(String) });
        expect(call?.id).not.toBe("");

        const told = { role: "tool", callId: call?.id ?? "", tool: "current-time", text: "21:04 in Tokyo" } as const;
        const entries = [
          ...requests.tool.entries,
          { role: "assistant", text: asked.text, calls: asked.calls } as const,
          told,
        ];
        const answered = await model.complete(frozen({ ...requests.tool, entries }), options());
        if (answered.kind === "failed") throw new Error(answered.because);
        expect(answered.calls).toEqual([]);
        expect(answered.text).toContain("21:04");
      }));

    test("it gives an answer of the shape that was asked for, as JSON text", () =>
      play("shape", async (model) => {
        const completion = await model.complete(frozen(requests.shape), options());
        if (completion.kind === "failed") throw new Error(completion.because);
        expect(completion.calls).toEqual([]);
        expect(scores.parse(JSON.parse(completion.text)).scores.ada).toBeGreaterThanOrEqual(7);
      }));

    test("a failure is a value with a sentence, not an exception", () =>
      play("failure", async (model) => {
        const failure = await model.complete(frozen(requests.failure), options());
        expect(failure).toMatchObject({ kind: "failed", because: expect.stringMatching(/\w+ .*\.$/s) });
      }));

    test("told to stop in the middle, it rejects with an AbortError and is silent from then on", () =>
      play("words", async (model) => {
        const stop = new AbortController();
        const pieces: string[] = [];
        const onText = (piece: string) => {
          pieces.push(piece);
          stop.abort();
        };
        const completing = model.complete(frozen(requests.words), options({ signal: stop.signal, onText }));
        await expect(completing).rejects.toMatchObject({ name: "AbortError" });
        expect(pieces).toHaveLength(1);
      }));
  });
}

function ask(text: string): ModelRequest {
  return {
    entries: [
      { role: "system", text: persona },
      { role: "user", text },
    ],
    tools: [],
    tokensMax: 200,
  };
}

function options(more: Partial<ModelOptions> = {}): ModelOptions {
  return { signal: new AbortController().signal, ...more };
}

/** A request belongs to whoever made it: a model that changes it fails here. Schemas and tools are left as they are. */
function frozen(request: ModelRequest): ModelRequest {
  for (const entry of request.entries) Object.freeze(entry);
  Object.freeze(request.entries);
  return Object.freeze(request);
}
