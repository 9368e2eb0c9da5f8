/** What the offline model says: in whose voice, in which language, with which tools, and what it says of itself. */
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { defineTool, type Entry, type Tool } from "../../../shared/engine/index.ts";
import { manualClock } from "./manual-clock.ts";
import { calmly, modelsWith } from "./parts.ts";

const voice = `You are Wren. A line that says "Already answered by <name>:" marks what a colleague said.

## Lines

- en hello: Wren here, good morning.
- en any: Let us look at it in daylight.
- en any: Two things at once is none.
- en second: One thing is missing from that.
- en bread, oven*: Bread wants time more than heat.
- en salt*: Salt at the end, never at the start.
- ru hello: Доброе утро, это Рен.
- ru any: Посмотрим на это при свете.
- ru хлеб*, печ*: Хлебу нужно время, а не жар.
- de any: Sehen wir es uns bei Licht an.
- de hello: Guten Morgen, Wren hier.
- de brot*, ofen: Brot braucht Zeit, nicht Hitze.`;

const persona: Entry = { role: "system", text: voice };
const { standard } = modelsWith([]);

function tool(name: string, input: z.ZodType): Tool {
  return defineTool({
    name,
    description: name,
    input,
    effects: "none",
    risk: "safe",
    source: "trusted",
    parallel: true,
    run: async () => ({ text: "" }),
  });
}

const tools = {
  time: tool("current-time", z.strictObject({ timeZone: z.string().default("UTC") })),
  calculate: tool("calculate", z.strictObject({ expression: z.string() })),
  remember: tool("remember", z.strictObject({ fact: z.string() })),
  recall: tool("recall", z.strictObject({ limit: z.number().optional(), query: z.string() })),
  skills: tool("list-skills", z.strictObject({})),
  read: tool("read-file", z.strictObject({ path: z.string() })),
  write: tool("write-file", z.strictObject({ path: z.string(), text: z.string() })),
  pass: tool("pass", z.strictObject({ because: z.string() })),
};
const allTools = Object.values(tools);

async function complete(entries: readonly Entry[], offered: readonly Tool[] = []) {
  const completion = await standard.complete({ entries, tools: offered, tokensMax: 300 }, calmly());
  if (completion.kind === "failed") throw new Error(completion.because);
  return completion;
}

const user = (text: string): Entry => ({ role: "user", text });
const note = (text: string): Entry => ({ role: "system", text });
const says = async (text: string, ...before: Entry[]) =>
  (await complete([persona, ...before, user(text)], allTools)).text;
const calls = async (text: string, offered = allTools) =>
  (await complete([persona, user(text)], offered)).calls.map((call) => `${call.tool} ${call.arguments}`);

describe("in the voice of its persona", () => {
  test.for([
    ["Good morning everybody", "Wren here, good morning."],
    ["How long does the bread take?", "Bread wants time more than heat."],
    ["Bread without salt?", "Bread wants time more than heat. Salt at the end, never at the start."],
    ["Доброе утро всем", "Доброе утро, это Рен."],
    ["Сколько печётся хлеб?", "Хлебу нужно время, а не жар."],
    ["Wie lange braucht das Brot im Ofen?", "Brot braucht Zeit, nicht Hitze."],
    ["Guten Morgen zusammen", "Guten Morgen, Wren hier."],
    ["Ich habe eine Frage zum Garten", "Sehen wir es uns bei Licht an."],
  ] as const)("%s → %s", async ([message, answer]) => {
    expect((await says(message)).split(" ").sort()).toEqual(answer.split(" ").sort());
  });

  test("a message about nothing it knows gets one of its general lines", async () => {
    expect(["Let us look at it in daylight.", "Two things at once is none."]).toContain(
      await says("My bicycle squeaks"),
    );
  });

  test("what was said a moment ago is not said again while there is something else", async () => {
    const first = await says("My bicycle squeaks");
    const second = await says("My bicycle squeaks", note(`Said in the group before this.\nyou: Hm\nwren: ${first}`));
    expect(second).not.toBe(first);
    expect(await says("My bicycle squeaks", user("Hm"), { role: "assistant", text: first, calls: [] })).not.toBe(first);
  });

  test("a recollection of the message's subject is told, another one is not", async () => {
    const recollections = note("What you remember:\n- The oven was repaired in May\n- Tea is at four");
    expect(await says("Bread in the oven?", recollections)).toContain("I remember: The oven was repaired in May.");
    expect(await says("My bicycle squeaks", recollections)).not.toContain("remember");
  });

  test("without lines it says what it is and what it can do", async () => {
    const { text } = await complete([note("Be brief."), user("Hello?")]);
    expect(text).toContain("I am the offline model");
  });

  test.for([
    ["Are you a real AI?", "offline model"],
    ["What are you?", "offline model"],
    ["Ты настоящая модель?", "офлайн-модель"],
    ["Bist du ein Bot?", "Offline-Modell"],
  ] as const)("asked what it is (%s), it is honest", async ([message, word]) => {
    expect(await says(message)).toContain(word);
    expect(await says(message)).toContain("KAOS_STANDARD_CHAIN");
  });
});

describe("after a colleague", () => {
  const answered = note("Already answered by robin:\nKnead it well.\n\nAdd only what is missing.");

  test("it adds what it has of its own", async () => {
    expect(await says("How does bread rise?", answered)).toBe(
      "One thing is missing from that. Bread wants time more than heat.",
    );
  });

  test.for(["My bicycle squeaks", "Good morning everybody", "what is 12*7?"])(
    "it passes when it has nothing (%s)",
    async (message) => {
      const { calls: asked, text } = await complete([persona, answered, user(message)], allTools);
      expect(asked).toMatchObject([{ tool: "pass", arguments: '{"because":"Nothing to add to that."}' }]);
      expect(text).toBe("");
    },
  );

  test("where it may not pass, it says little", async () => {
    expect((await complete([persona, answered, user("My bicycle squeaks")])).text).toBe(
      "One thing is missing from that.",
    );
  });
});

describe("tools", () => {
  test.for([
    ["what time is it?", "current-time {}"],
    ["What's the time in Tokyo?", 'current-time {"timeZone":"Asia/Tokyo"}'],
    ["который час в Москве?", 'current-time {"timeZone":"Europe/Moscow"}'],
    ["Wie spät ist es in Wien?", 'current-time {"timeZone":"Europe/Vienna"}'],
    ["What time is it in America/Lima?", 'current-time {"timeZone":"America/Lima"}'],
    ["what is 12*7", 'calculate {"expression":"12*7"}'],
    ["сколько будет 2+2?", 'calculate {"expression":"2+2"}'],
    ["15% of 80", 'calculate {"expression":"15% of 80"}'],
    ["Wie viel sind 3,5 mal 2?", 'calculate {"expression":"3.5 * 2"}'],
    ["calculate (3 + 4) × 2", 'calculate {"expression":"(3 + 4) * 2"}'],
    ["1,200 / 3 =", 'calculate {"expression":"1200 / 3"}'],
    ["Please remember that the oven is hot.", 'remember {"fact":"the oven is hot"}'],
    ["Запомни, что печь горячая", 'remember {"fact":"печь горячая"}'],
    ["Merk dir, dass der Ofen heiß ist!", 'remember {"fact":"der Ofen heiß ist"}'],
    ["What do you know about the oven?", 'recall {"query":"the oven"}'],
    ["Что ты знаешь про печь?", 'recall {"query":"печь"}'],
    ["Was weißt du über den Ofen?", 'recall {"query":"den Ofen"}'],
    ["Which skills?! What skills do you have?", "list-skills {}"],
    ["Read notes/oven.md please", 'read-file {"path":"notes/oven.md"}'],
    ['Save "Salt last: 2 + 2 g" to notes/salt.md', 'write-file {"path":"notes/salt.md","text":"Salt last: 2 + 2 g"}'],
    ["Запиши «соль в конце» в salt.md", 'write-file {"path":"salt.md","text":"соль в конце"}'],
    ["Speichere „Salz zuletzt“ in salz.md", 'write-file {"path":"salz.md","text":"Salz zuletzt"}'],
  ] as const)("%s → %s", async ([message, call]) => expect(await calls(message)).toEqual([call]));

  test.for([
    "What time works for everybody?",
    "Сколько времени займёт переезд?",
    "We save time in meetings",
    "What is the cost of 3-4 ovens?",
    "The bill of 2026-01-05 is paid",
    "I remember that summer",
    "What skills should a baker have?",
    "Read https://example.com/oven.html",
    "The bread is in oven.md",
    'Write "salt last" to the baker',
  ])("%s → no tool", async (message) => expect(await calls(message)).toEqual([]));

  test("only what is offered is asked for", async () => {
    expect(await calls("what is 12*7", [tools.time])).toEqual([]);
  });

  test.for([
    ["what is 12*7", "calculate", "12*7 = 84", "By my count: 12*7 = 84."],
    ["сколько будет 2+2?", "calculate", "2+2 = 4", "Считаю: 2+2 = 4."],
    [
      "what time is it?",
      "current-time",
      "failed: the clock is broken\nTry otherwise.",
      "That did not work: the clock is broken.",
    ],
    [
      "@wren what do you know about the oven?",
      "recall",
      [
        '<outside id="Ab1" source="recall">',
        "[f1, 2026-03-01, wren] Noted.",
        "[f2, 2026-03-02, you] @wren remember that the oven is hot",
        "[f3, 2026-03-02, you] the oven is hot",
        '</outside id="Ab1">',
        "Between the marks Ab1 stands text from outside.",
      ].join("\n"),
      "This is what I remember: the oven is hot (you, 2026-03-02).",
    ],
  ] as const)(
    "%s: the result is told in a sentence, and no tool is asked twice",
    async ([message, name, result, sentence]) => {
      const asked = await complete([persona, user(message)], allTools);
      const told: Entry = { role: "tool", callId: asked.calls[0]?.id ?? "", tool: name, text: result };
      const answered = await complete(
        [persona, user(message), { role: "assistant", text: "", calls: asked.calls }, told],
        allTools,
      );
      expect(answered).toMatchObject({ text: sentence, calls: [] });
    },
  );
});

test("the same request always gets the same answer", async () => {
  const entries = [persona, user("Bread without salt?")];
  const answers = await Promise.all([1, 2, 3].map(() => complete(entries, allTools)));
  expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
  expect(modelsWith([]).describe()[0]).toMatchObject({ provider: "offline", prices: { inputUsdPerM: 0 } });
});

test("it costs nothing and counts its words all the same", async () => {
  const models = modelsWith([]);
  await models.standard.complete({ entries: [persona, user("Bread?")], tools: [], tokensMax: 300 }, calmly());
  expect(models.metered).toMatchObject([
    { provider: "offline", outcome: "answered", estimated: false, usage: { costUsd: 0 } },
  ]);
  expect(models.metered[0]?.usage.outputTokens).toBeGreaterThan(0);
});

test("it writes at the pace it was given, on the clock it was given", async () => {
  const clock = manualClock();
  const pieces: string[] = [];
  const slow = modelsWith([], { clock, wordsPerSecond: 4 }).standard;
  const completing = slow.complete(
    { entries: [persona, user("Bread?")], tools: [], tokensMax: 300 },
    calmly({ onText: (piece) => pieces.push(piece) }),
  );
  for (const words of [1, 2, 3, 4, 5, 6]) {
    await clock.slept((ms) => ms === 250);
    expect(pieces.length).toBeLessThan(words);
    clock.advance(250);
  }
  expect(await completing).toMatchObject({ text: "Bread wants time more than heat." });
});
