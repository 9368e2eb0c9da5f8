/** One agent and one person, with a memory on a real file and a model that follows a script. */
import { describe, expect, test } from "vitest";
import { chatOn, chatWith, conversationIn, listener, SECRET } from "./chatting.ts";

describe("a chat", () => {
  test("tells the model what was said before, also when it goes on in another process", async () => {
    const { chat, open, requests } = await chatWith([
      { reply: { text: "Fix first." } },
      { reply: { text: "Because it is broken." } },
    ]);
    await chat.say("ship or fix?", listener().listening);
    const end = await open().say("why?", listener().listening);

    expect(end).toMatchObject({ kind: "answered", text: "Because it is broken.", by: "scripted" });
    expect(conversationIn(requests[1])).toEqual(["user: ship or fix?", "assistant: Fix first.", "user: why?"]);
    expect(requests[1]?.entries[0]).toEqual({ role: "system", text: "Be brief.\n\nYou are kronos." });
    expect(requests[1]?.entries.at(-2)).toEqual({ role: "system", text: "Now\n2026-01-05T09:00:00.000Z" });
  });

  test("offers every tool but the one to say nothing", async () => {
    const { chat, requests } = await chatWith([{ reply: { text: "Yes?" } }]);
    await chat.say("hello", listener().listening);
    const tools = requests[0]?.tools.map(({ name }) => name);
    expect(tools).toContain("calculate");
    expect(tools).not.toContain("pass");
  });

  test("shows what it asks a tool, and only the answer counts as said", async () => {
    const call = { id: "1", tool: "calculate", arguments: '{"expression":"12*7"}' };
    const { chat, journal, kept } = await chatWith([
      { reply: { text: "Let me count.", calls: [call] } },
      { expects: ({ entries }) => entries.at(-1)?.text.includes("84") === true, reply: { text: "It is 84." } },
    ]);
    const { seen, listening } = listener();
    await chat.say("what is 12*7?", listening);
    expect(seen).toMatchObject({ text: "It is 84.", calls: ['calculate {"expression":"12*7"}'] });
    expect(await kept()).toEqual(["person: what is 12*7?", "agent: It is 84."]);
    expect(journal.recorded.map(({ kind }) => kind)).toEqual(["intent", "outcome"]);
  });

  test("keeps nothing of a failure, and the next question does not hear of it", async () => {
    const { chat, requests, kept } = await chatWith([
      { reply: { failed: "nobody is there" } },
      { reply: { text: "Yes." } },
    ]);
    expect(await chat.say("hello?", listener().listening)).toMatchObject({
      kind: "failed",
      because: "nobody is there",
    });
    expect(await kept()).toEqual([]);
    await chat.say("and now?", listener().listening);
    expect(conversationIn(requests[1])).toEqual(["user: and now?"]);
  });

  test("stopped in the middle of an answer, takes back what it showed and keeps nothing", async () => {
    const stopping = new AbortController();
    const { chat, kept } = await chatWith([{ reply: { text: "a very long answer" } }]);
    const { seen, listening } = listener(stopping.signal);
    const end = await chat.say("tell me everything", {
      ...listening,
      onText: (piece) => {
        listening.onText?.(piece);
        stopping.abort("Ctrl-C");
      },
    });
    expect(end).toMatchObject({ kind: "stopped", because: "stopped by Ctrl-C" });
    expect(seen.ever).not.toBe("");
    expect(seen.text).toBe("");
    expect(await kept()).toEqual([]);
  });
});

describe("a secret", () => {
  test("in an answer is neither shown while it is written, nor returned, nor kept", async () => {
    // Character by character, so that every part of the secret is the end of a draft once.
    const text = `The key is ${SECRET}, keep it safe.`;
    const { chat, kept } = await chatOn({
      async complete(_request, { onText }) {
        for (const character of text) onText?.(character);
        return { kind: "completed", text, calls: [], by: "spelling", usage: NOTHING };
      },
    });
    const { seen, listening } = listener();
    const end = await chat.say("what is the key?", listening);
    expect(seen.ever).toContain("The key is ");
    for (const place of [seen.ever, JSON.stringify(end), (await kept()).join()]) {
      expect(place).not.toContain(SECRET);
      expect(place).not.toContain("correct-horse");
    }
    expect(end).toMatchObject({ kind: "answered", text: seen.text });
  });

  test("in what a tool is asked is not shown", async () => {
    const call = { id: "1", tool: "calculate", arguments: `{"expression":"${SECRET}"}` };
    const { chat } = await chatWith([{ reply: { calls: [call] } }, { reply: { text: "That is no number." } }]);
    const { seen, listening } = listener();
    await chat.say("count it", listening);
    expect(seen.calls).toHaveLength(1);
    expect(seen.calls.join()).not.toContain(SECRET);
  });
});

const NOTHING = { inputTokens: 0, cachedTokens: 0, outputTokens: 0, costUsd: 0 };
