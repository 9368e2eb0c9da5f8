import { describe, expect, test } from "vitest";
import { BrokenPromise } from "../../../shared/base/index.ts";
import { runTurn, type ToolContext } from "../../../shared/engine/index.ts";
import { createOpenGate } from "../../doubles/open-gate.ts";
import { createRecordingJournal } from "../../doubles/recording-journal.ts";
import { asks, createManualClock, createScript, told, tool, turn, words } from "./world.ts";

describe("a turn ends", () => {
  test("with the answer of a model that asks for nothing", async () => {
    const world = turn({ model: createScript(words("Noon.")) });
    expect(await runTurn(world)).toEqual({
      kind: "answered",
      text: "Noon.",
      steps: 1,
      by: "script",
      usage: { inputTokens: 10, cachedTokens: 0, outputTokens: 5, costUsd: 0.01 },
    });
    expect(world.clock.sleeping()).toBe(0);
  });

  test("with the answer after a tool told the model what it needed", async () => {
    const model = createScript(asks(["c1", "look-up", { of: "time" }]), words("Noon."));
    const end = await runTurn(turn({ model, tools: [tool("look-up", async ({ of }) => ({ text: `${of}: 12:00` }))] }));
    expect(end).toMatchObject({ kind: "answered", text: "Noon.", steps: 2, usage: { inputTokens: 20 } });
    expect(model.requests[1]?.entries.slice(-2)).toEqual([
      { role: "assistant", text: "", calls: [{ id: "c1", tool: "look-up", arguments: '{"of":"time"}' }] },
      { role: "tool", callId: "c1", tool: "look-up", text: "time: 12:00" },
    ]);
  });

  test("as passed when a tool says so, and what was asked after it does not run", async () => {
    let ran = 0;
    const tools = [tool("pass", { passed: "nothing to add" }), tool("shout", async () => ({ text: String(++ran) }))];
    const world = turn({ model: createScript(asks(["c1", "pass", {}], ["c2", "shout", {}])), tools });
    expect(await runTurn(world)).toMatchObject({ kind: "passed", because: "nothing to add" });
    expect(ran).toBe(0);
    expect(world.journal.recorded.map(({ call }) => call)).toEqual(["c1", "c1"]);
  });

  test("as failed when no model answered, never as an answer", async () => {
    const usage = { inputTokens: 3, cachedTokens: 0, outputTokens: 0, costUsd: 0 };
    const model = createScript({ kind: "failed", because: "all providers are down", usage });
    expect(await runTurn(turn({ model }))).toEqual({
      kind: "failed",
      because: "all providers are down",
      usage,
      by: undefined,
      steps: 1,
    });
  });

  test("as failed when the model answered with no words", async () => {
    expect(await runTurn(turn({ model: createScript(words("  \n")) }))).toMatchObject({
      kind: "failed",
      because: "script answered with no words",
    });
  });

  test("with an answer that says where it was cut off, in what is shown of it too", async () => {
    const shown: string[] = [];
    const model = createScript({ ...words("First, second,"), cut: true });
    const end = await runTurn(
      turn({ model, onEvent: (event) => event.kind === "text" && void shown.push(event.piece) }),
    );
    const said = /^First, second,\n\n\(It is cut off here: an answer has \d+ tokens at most\.\)$/;
    expect(end).toMatchObject({ kind: "answered", text: expect.stringMatching(said) });
    expect(shown.join("")).toMatch(/cut off here/);
  });

  test("after a step that was cut off in its arguments, which the model is told", async () => {
    const cut = { ...asks(["c1", "look-up", '{"of": "the li']), cut: true } as const;
    const model = createScript(cut, words("Noon."));
    const tools = [tool("look-up", async () => ({ text: "12:00" }))];
    expect(await runTurn(turn({ model, tools }))).toMatchObject({ kind: "answered", text: "Noon." });
    expect(model.requests[1]?.entries.at(-1)).toMatchObject({
      role: "system",
      text: expect.stringContaining("Ask again in smaller parts"),
    });
  });

  test("as stopped when its signal says so while the model thinks", async () => {
    const stopping = new AbortController();
    const model = createScript((_request, { signal, onText }) => {
      onText?.("Noo");
      stopping.abort("the owner");
      return Promise.reject(signal.reason);
    });
    const world = turn({ model, signal: stopping.signal });
    expect(await runTurn(world)).toMatchObject({ kind: "stopped", because: "stopped by the owner", text: "" });
    expect(world.events.at(-1)).toEqual({ kind: "retracted" });
  });

  test("as stopped when its signal says so while a tool runs that does not listen", async () => {
    const stopping = new AbortController();
    const deaf = tool("deaf", () => {
      stopping.abort();
      return new Promise(() => {});
    });
    const world = turn({
      model: createScript(asks(["c1", "deaf", {}], ["c2", "deaf", { of: "more" }])),
      tools: [deaf],
      signal: stopping.signal,
    });
    expect(await runTurn(world)).toMatchObject({ kind: "stopped", because: "stopped on request", text: "" });
    expect(world.journal.recorded).toMatchObject([
      { kind: "intent", call: "c1" },
      { kind: "outcome", call: "c1", outcome: { kind: "failed" } },
      { kind: "intent", call: "c2", decision: { allow: false } },
      { kind: "outcome", call: "c2", outcome: { kind: "refused" } },
    ]);
  });

  test("by throwing when the model breaks its contract or a tool has a bug", async () => {
    const broken = createScript(() => Promise.reject(new TypeError("undefined is not a function")));
    await expect(runTurn(turn({ model: broken }))).rejects.toThrow(TypeError);
    const buggy = tool("buggy", async () => {
      throw new BrokenPromise("this cannot be");
    });
    await expect(runTurn(turn({ model: createScript(asks(["c1", "buggy", {}])), tools: [buggy] }))).rejects.toThrow(
      "this cannot be",
    );
  });
});

describe("at a limit the turn says what was done, without tools", () => {
  const look = tool("look-up", async ({ of }) => ({ text: of ?? "" }));
  const again = [1, 2, 3].map((n) => asks([`c${n}`, "look-up", { of: String(n) }]));

  test.each([
    ["steps", { stepsMax: 2 }, "the turn reached its limit of 2 steps"],
    ["tokens", { tokensMax: 30 }, "the turn used 30 tokens, its limit is 30"],
    ["dollars", { usdMax: 0.02 }, "the turn cost $0.02, its limit is $0.02"],
  ])("of %s", async (_name, limits, because) => {
    const model = createScript(...again.slice(0, 2), words("Looked up 1 and 2; 3 is open."));
    expect(await runTurn(turn({ model, tools: [look], limits }))).toMatchObject({
      kind: "stopped",
      because,
      text: "Looked up 1 and 2; 3 is open.",
      steps: 2,
    });
    expect(model.requests[2]?.tools).toEqual([]);
    expect(model.requests[2]?.entries.at(-1)).toMatchObject({ role: "system", text: expect.stringContaining(because) });
  });

  test("of time, which interrupts a model under way", async () => {
    const clock = createManualClock();
    const slow = createScript((_request, { signal }) => {
      clock.advance(600_000);
      return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    }, words("Nothing done yet."));
    expect(await runTurn(turn({ model: slow, clock }))).toMatchObject({
      kind: "stopped",
      because: "the turn reached its limit of 600 seconds",
      text: "Nothing done yet.",
    });
    expect(clock.sleeping()).toBe(0);
  });

  test("and has no words when even the last completion fails or takes too long", async () => {
    const failing = createScript(...again.slice(0, 1), { kind: "failed", because: "down", usage: words("").usage });
    expect(await runTurn(turn({ model: failing, tools: [look], limits: { stepsMax: 1 } }))).toMatchObject({
      kind: "stopped",
      text: "",
    });

    const clock = createManualClock();
    const endless = createScript(...again.slice(0, 1), (_request, { signal }) => {
      clock.advance(120_000);
      return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    });
    expect(await runTurn(turn({ model: endless, tools: [look], clock, limits: { stepsMax: 1 } }))).toMatchObject({
      kind: "stopped",
      text: "",
    });
  });

  test("and when the model asks for the same thing ten times in spite of advice", async () => {
    let ran = 0;
    const poll = tool("poll", async () => ({ text: String(++ran) }));
    const model = createScript(
      ...Array.from({ length: 10 }, (_, n) => asks([`c${n}`, "poll", n % 2 ? '{"of":"x"}' : '{ "of" : "x" }'])),
      words("It did not change."),
    );
    const end = await runTurn(turn({ model, tools: [poll] }));
    expect(end).toMatchObject({
      kind: "stopped",
      because: "poll was asked 10 times with the same arguments",
      text: "It did not change.",
    });
    expect(ran).toBe(5);
    expect(told(model.requests[6])["c5"]).toMatch(/^refused: poll was already asked 5 times with these same arguments/);
  });
});

describe("the calls of one step", () => {
  /** Two tools that end only when both have begun: they deadlock unless they run together. */
  function meeting(more: { parallel?: boolean; effects?: "none" | "local" }) {
    let arrived = 0;
    let most = 0;
    const meet = tool(
      "meet",
      async ({ of }) => {
        arrived++;
        most = Math.max(most, arrived);
        await new Promise((resolve) => setImmediate(resolve));
        arrived--;
        return { text: `met ${of}` };
      },
      more,
    );
    return { meet, most: () => most };
  }

  test("run together when all of them only read, and their results keep the model's order", async () => {
    const { meet, most } = meeting({ parallel: true });
    const model = createScript(asks(["c1", "meet", { of: "a" }], ["c2", "meet", { of: "b" }]), words("ok"));
    await runTurn(turn({ model, tools: [meet] }));
    expect(most()).toBe(2);
    expect(Object.entries(told(model.requests[1]))).toEqual([
      ["c1", "met a"],
      ["c2", "met b"],
    ]);
  });

  test("run one after the other as soon as one of them does more than read", async () => {
    const { meet, most } = meeting({ parallel: true });
    const write = tool("write", { text: "written" });
    const model = createScript(
      asks(["c1", "meet", { of: "a" }], ["c2", "meet", { of: "b" }], ["c3", "write", {}]),
      words("ok"),
    );
    await runTurn(turn({ model, tools: [meet, write] }));
    expect(most()).toBe(1);

    const effects = meeting({ parallel: true, effects: "local" });
    await runTurn(
      turn({
        model: createScript(asks(["c1", "meet", { of: "a" }], ["c2", "meet", { of: "b" }]), words("ok")),
        tools: [effects.meet],
      }),
    );
    expect(effects.most()).toBe(1);
  });

  test("share one run when they are identical", async () => {
    let ran = 0;
    const count = tool("count", async () => ({ text: String(++ran) }));
    const model = createScript(
      asks(["c1", "count", { of: "x" }], ["c2", "count", ' {"of": "x"}'], ["c3", "count", { of: "y" }]),
      words("ok"),
    );
    await runTurn(turn({ model, tools: [count] }));
    expect(told(model.requests[1])).toEqual({ c1: "1", c2: "1", c3: "2" });
  });

  test("do not sink each other when one fails", async () => {
    const odd = tool(
      "odd",
      async ({ of }) => {
        if (of === "bad") throw new Error("no such thing");
        return { text: "fine" };
      },
      { parallel: true },
    );
    const model = createScript(asks(["c1", "odd", { of: "bad" }], ["c2", "odd", { of: "good" }]), words("ok"));
    await runTurn(turn({ model, tools: [odd] }));
    expect(told(model.requests[1])).toEqual({
      c1: "failed: no such thing\nTry otherwise, or say what did not work.",
      c2: "fine",
    });
  });

  test("are cut to the limit, and the model is told", async () => {
    let ran = 0;
    const count = tool("count", async () => ({ text: String(++ran) }));
    const flood = asks(
      ...Array.from({ length: 10_000 }, (_, n): [string, string, unknown] => [`c${n}`, "count", { of: String(n) }]),
    );
    const model = createScript(flood, words("ok"));
    await runTurn(turn({ model, tools: [count], limits: { callsPerStepMax: 3 } }));
    expect(ran).toBe(3);
    expect(model.requests[1]?.entries.filter(({ role }) => role === "tool")).toHaveLength(3);
    expect(model.requests[1]?.entries.at(-1)).toMatchObject({
      role: "system",
      text: expect.stringMatching(/first 3 of the 10000/),
    });
  });

  test("get ids of their own when the model repeats or forgets them", async () => {
    const look = tool("look-up", async (_input, { callId }: ToolContext) => ({ text: callId }));
    const model = createScript(
      asks(["0", "look-up", { of: "a" }], ["0", "look-up", { of: "b" }]),
      asks(["0", "look-up", { of: "c" }], ["", "look-up", { of: "d" }]),
      words("ok"),
    );
    await runTurn(turn({ model, tools: [look] }));
    expect(told(model.requests[2])).toEqual({ "0": "0", "0-2": "0-2", "0-3": "0-3", call: "call" });
  });
});

describe("whoever watches", () => {
  test("sees text as it comes, and that it was retracted when the step asks for tools", async () => {
    const model = createScript(
      async (_request, { onText }) => {
        onText?.("Let me ");
        onText?.("look.");
        return asks(["c1", "look-up", {}]);
      },
      async (_request, { onText }) => {
        onText?.("Noon.");
        return words("Noon.");
      },
    );
    const world = turn({ model, tools: [tool("look-up", { text: "12:00" })] });
    await runTurn(world);
    expect(world.events.map(({ kind }) => kind)).toEqual([
      "step",
      "text",
      "text",
      "retracted",
      "completed",
      "call",
      "result",
      "step",
      "text",
      "completed",
    ]);
    expect(world.events[6]).toMatchObject({ call: { id: "c1" }, outcome: { kind: "ok", text: "12:00" } });
  });

  test("can say more while the turn runs: the next step hears it, once", async () => {
    const more = [[], [{ role: "user" as const, text: "In Berlin, please." }], []];
    const model = createScript(asks(["c1", "look-up", {}]), asks(["c2", "look-up", { of: "b" }]), words("ok"));
    await runTurn(turn({ model, tools: [tool("look-up", { text: "12:00" })], steer: () => more.shift() ?? [] }));
    const heard = model.requests.map(({ entries }) =>
      entries.filter((entry) => entry.role === "user").map(({ text }) => text),
    );
    expect(heard).toEqual([["What now?"], ["What now?", "In Berlin, please."], ["What now?", "In Berlin, please."]]);
  });

  test("its tools know whose words it answers: those of before, those of now, and none where its task is no person's", async () => {
    const told: Pick<ToolContext, "said" | "saidNow">[] = [];
    const look = tool("look-up", async (_input, { said, saidNow }) => {
      told.push({ said, saidNow });
      return { text: "12:00" };
    });
    const entries = [
      { role: "user" as const, text: "I live in Berlin." },
      { role: "assistant" as const, text: "Good.", calls: [] },
      { role: "user" as const, text: "What time is it?" },
    ];
    const script = () => createScript(asks(["c1", "look-up", {}]), asks(["c2", "look-up", {}]), words("Noon."));
    const more = [[], [{ role: "user" as const, text: "In Rome, I mean." }]];
    const steer = () => more.shift() ?? [];
    await runTurn(turn({ model: script(), tools: [look], entries, steer }));
    await runTurn(turn({ model: script(), tools: [look], entries, said: [] }));
    const before = ["I live in Berlin.", "What time is it?"];
    expect(told).toEqual([
      { said: before, saidNow: ["What time is it?"] },
      { said: [...before, "In Rome, I mean."], saidNow: ["What time is it?", "In Rome, I mean."] },
      { said: [], saidNow: [] },
      { said: [], saidNow: [] },
    ]);
  });

  test("keeps the entries it gave untouched", async () => {
    const entries = Object.freeze([{ role: "user" as const, text: "Hello" }]);
    await runTurn(turn({ model: createScript(asks(["c1", "x", {}]), words("ok")), entries }));
    expect(entries).toHaveLength(1);
  });
});

test("a closed gate, an unwritable journal and a repeat all answer; nothing of them runs", async () => {
  let ran = 0;
  const tools = [tool("act", async () => ({ text: String(++ran) }))];
  const closed = createScript(asks(["c1", "act", {}]), words("ok"));
  await runTurn(turn({ model: closed, tools, gate: createOpenGate({ closed: ["act"] }) }));
  expect(told(closed.requests[1])["c1"]).toMatch(/^refused: the test closed the gate for act\n/);

  const unwritable = createScript(asks(["c1", "act", {}]), words("ok"));
  await runTurn(turn({ model: unwritable, tools, journal: createRecordingJournal({ full: "intents" }) }));
  expect(told(unwritable.requests[1])["c1"]).toMatch(
    /^refused: the call could not be recorded and so did not run: no space left/,
  );
  expect(ran).toBe(0);
});
