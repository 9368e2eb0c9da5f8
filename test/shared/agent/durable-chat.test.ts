/** A chat whose process dies in the middle of a turn, and a person who goes on talking while it thinks. */
import { expect, test } from "vitest";
import { z } from "zod";
import { defineTool, type Model, type ToolCall } from "../../../shared/engine/index.ts";
import { chatOn, chatWith, conversationIn, listener, THREAD } from "./chatting.ts";

const count: ToolCall = { id: "1", tool: "calculate", arguments: '{"expression":"12*7"}' };
const forever = new Promise<never>(() => {});

/** An effect outside, counted. */
function letters() {
  const sent: string[] = [];
  const tool = defineTool({
    name: "send-letter",
    description: "Sends a letter.",
    input: z.strictObject({ to: z.string() }),
    effects: "external",
    risk: "safe",
    source: "trusted",
    parallel: false,
    run: async ({ to }) => ({ text: `letter ${sent.push(to)} sent` }),
  });
  return { sent, tools: () => [tool] };
}
const send = (to: string, id = "1"): ToolCall => ({ id, tool: "send-letter", arguments: JSON.stringify({ to }) });

test("a turn that was interrupted goes on in another life: nothing is asked twice, and it is kept once", async () => {
  let asked = 0;
  const dying: Model = {
    complete: async () => {
      if (++asked > 1) return forever;
      return { kind: "completed", text: "", calls: [count], by: "first life", usage: NOTHING };
    },
  };
  const stopping = new AbortController();
  const { chat, open, turns, kept } = await chatOn(dying);
  // As after kill -9: nobody hears how it ends.
  void chat.say("what is 12*7?", { signal: stopping.signal });
  await expect.poll(() => asked).toBe(2);

  const [interrupted] = await turns.unfinished();
  expect(interrupted?.about).toEqual({ thread: THREAD, text: "what is 12*7?" });
  const second: string[] = [];
  const again = open({
    model: {
      complete: async ({ entries }) => {
        second.push(entries.at(-1)?.text ?? "");
        return { kind: "completed", text: "It is 84.", calls: [], by: "second life", usage: NOTHING };
      },
    },
  });
  const end = await again.resume(interrupted?.id ?? "", listener().listening);
  expect(end).toMatchObject({ kind: "answered", text: "It is 84.", steps: 2 });
  expect(second).toEqual([expect.stringContaining("84")]);
  expect(await kept()).toEqual(["person: what is 12*7?", "agent: It is 84."]);
  expect(await turns.unfinished()).toEqual([]);

  // Dying between keeping the answer and saying so must not keep it twice.
  await again.resume(interrupted?.id ?? "", listener().listening);
  expect(await kept()).toHaveLength(2);
});

test("a person who stops a turn ends it; a process that stops leaves it to the next life", async () => {
  const { chat, turns } = await chatOn({
    complete: (_request, { signal }) =>
      new Promise((_resolve, reject) =>
        signal.addEventListener("abort", () => reject(new DOMException("stopped", "AbortError"))),
      ),
  });
  for (const [reason, state] of [
    ["Ctrl-C", "stopped"],
    [new DOMException("the process ends", "AbortError"), "running"],
  ] as const) {
    const stopping = new AbortController();
    const saying = chat.say("hello", { signal: stopping.signal }, `turn ${state}`);
    stopping.abort(reason);
    await saying;
    expect((await turns.get(`turn ${state}`))?.state).toBe(state);
  }
});

test("what is said while it thinks is heard at the next step, kept, and heard again by another life", async () => {
  const { chat, requests, turns, kept } = await chatWith([
    { reply: { calls: [count] } },
    { expects: ({ entries }) => entries.at(-1)?.text === "in words, please", reply: { text: "Eighty-four." } },
  ]);
  const said = [[], ["in words, please"], []];
  const end = await chat.say("what is 12*7?", { ...listener().listening, more: () => said.shift() ?? [] }, "t");
  expect(end).toMatchObject({ kind: "answered", text: "Eighty-four.", heard: ["in words, please"] });
  expect(conversationIn(requests[1])?.filter((line) => line.startsWith("user"))).toEqual([
    "user: what is 12*7?",
    "user: in words, please",
  ]);
  expect(await kept()).toEqual(["person: what is 12*7?", "person: in words, please", "agent: Eighty-four."]);
  expect((await turns.story("t"))[1]?.steered).toEqual([{ role: "user", text: "in words, please" }]);
  expect((await chat.resume("t", listener().listening)).heard).toEqual(["in words, please"]);
});

test("a fork goes another way from a step, and what the turn did after it is not done again", async () => {
  const { sent, tools } = letters();
  const { chat, open, turns, kept } = await chatWith(
    [
      { reply: { calls: [send("Anna")] } },
      { reply: { calls: [send("Boris", "2")] } },
      { reply: { text: "Both are written." } },
    ],
    { tools },
  );
  await chat.say("write to both", listener().listening, "t");
  expect(sent).toEqual(["Anna", "Boris"]);

  expect(await turns.fork("t", { as: "f", at: 1 })).toEqual({ forked: true });
  const told: string[] = [];
  const calls = [[send("Boris", "x")], [send("Clara", "y")], []];
  const other = open({
    thread: "f",
    model: {
      complete: async ({ entries }) => {
        told.push(entries.at(-1)?.text ?? "");
        const next = calls.shift() ?? [];
        return { kind: "completed", text: next.length === 0 ? "Done." : "", calls: next, by: "other", usage: NOTHING };
      },
    },
  });
  const more = ["to Clara as well"];
  const end = await other.explore("f", { ...listener().listening, more: () => more.splice(0) });
  expect(end).toMatchObject({ kind: "answered", text: "Done." });
  // The second letter was sent by the turn itself: its outcome is told, and only Clara's goes out.
  expect(told).toEqual(["to Clara as well", "letter 2 sent", "letter 3 sent"]);
  expect(sent).toEqual(["Anna", "Boris", "Clara"]);
  expect(await kept()).toEqual(["person: write to both", "agent: Both are written."]);
  expect(await turns.get("f")).toMatchObject({ forkedFrom: "t", forkedAt: 1, state: "answered" });
});

const NOTHING = { inputTokens: 0, cachedTokens: 0, outputTokens: 0, costUsd: 0 };
