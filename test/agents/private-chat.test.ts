/** A person who goes on writing while the agent thinks, and a process that dies meanwhile: every letter has one answer. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { openLetters } from "../../agents/letters.ts";
import { createPrivateChat } from "../../agents/private-chat.ts";
import { createChat } from "../../shared/agent/index.ts";
import { silentLog, systemClock } from "../../shared/base/index.ts";
import { type Entry, type Model, noUsage, type ToolCall } from "../../shared/engine/index.ts";
import { openLedger } from "../../shared/ledger/index.ts";
import { openMemory } from "../../shared/memory/index.ts";
import { builtInTools } from "../../shared/tools/index.ts";
import { openTurns } from "../../shared/turns/index.ts";
import { createOpenGate } from "../doubles/open-gate.ts";
import { createRecordingJournal } from "../doubles/recording-journal.ts";

const clock = systemClock;
const count: ToolCall = { id: "c", tool: "calculate", arguments: '{"expression":"12*7"}' };

/** What the model does in one completion; undefined when it fails. */
type Think = (entries: readonly Entry[]) => Promise<string | ToolCall | undefined>;

/** The files of one agent, and lives of its private chat on them. */
async function place() {
  const folder = mkdtempSync(join(tmpdir(), "kaos-private-"));
  const closers: (() => void)[] = [];
  onTestFinished(() => {
    for (const close of closers.reverse()) close();
    rmSync(folder, { recursive: true, force: true });
  });
  const ledger = await openLedger({ path: join(folder, "swarm.db"), clock, durability: "off" });
  closers.push(() => ledger.close());

  async function live(think: Think, { speaks = false, broken = false } = {}) {
    const letters = await openLetters({ path: join(folder, "letters.db"), clock });
    const memory = await openMemory({ path: join(folder, "agent.db"), clock, durability: "off" });
    const turns = await openTurns({ path: join(folder, "turns.db"), clock, sole: true });
    closers.push(
      () => letters.end(),
      () => memory.close(),
      () => turns.close(),
    );
    const life = new AbortController();
    closers.push(() => life.abort());
    const sent: { text: string; replyTo: string | null }[] = [];
    const spoken: string[] = [];
    const model: Model = {
      async complete({ entries }, { signal }) {
        const stopped = new Promise<never>((_, reject) =>
          signal.addEventListener("abort", () => reject(new DOMException("stopped", "AbortError"))),
        );
        const thought = await Promise.race([think(entries), stopped]);
        if (thought === undefined) return { kind: "failed", because: "nobody is there", usage: noUsage };
        const [text, calls] = typeof thought === "string" ? [thought, []] : ["", [thought]];
        return { kind: "completed", text, calls, usage: noUsage, by: "script" };
      },
    };
    const chat = createPrivateChat({
      agent: "nexus",
      validate: (text) => text,
      commands: { run: async () => "done" } as never,
      hasBegun: async ({ person, messageId }) => (await turns.get(`letter ${person} ${messageId}`)) !== undefined,
      say: async ({ person, messageId, text }, approver, listening) => {
        if (broken) throw new Error("the record cannot be read");
        return createChat({
          agent: "nexus",
          persona: { common: "Be brief.", identity: "", voice: "", duties: "" },
          model,
          tools: () => builtInTools({ clock, workspace: join(folder, "workspace") }),
          gate: createOpenGate(),
          journal: createRecordingJournal(),
          approver,
          sessions: memory.sessions,
          turns,
          thread: `telegram.${person}`,
          clock,
          validate: (one) => one,
          validateDraft: (one) => one,
          sanitize: (one) => one,
        }).say(text, listening, `letter ${person} ${messageId}`);
      },
      speak: speaks
        ? async (text) => {
            spoken.push(text);
            return { voice: new Uint8Array([1]) };
          }
        : undefined,
      letters,
      requestsPerMinute: 10,
      catchUpMaxAgeMs: 600_000,
      ledger,
      telegram: () => ({
        capabilities: { textMax: 4_096 } as never,
        typing: async () => {},
        tellAloud: async () => ({ kind: "sent", messageId: "aloud", at: clock.now() }) as never,
        tell: async (_person, { text, replyTo }) => {
          sent.push({ text, replyTo });
          return { kind: "sent", messageId: String(sent.length), at: clock.now() } as never;
        },
      }),
      clock,
      log: silentLog,
      signal: life.signal,
    });
    const write = (messageId: number, text: string, agoMs = 0) =>
      chat.heard({
        from: { kind: "owner", id: "7", name: "Anna" },
        messageId: String(messageId),
        text,
        saidAt: clock.now() - agoMs,
      } as never);
    const said = async () => (await memory.sessions.recent("telegram.7", 100)).map(({ by, text }) => `${by}: ${text}`);
    /** The process ends; nobody hears of what was under way. */
    const die = () => life.abort(new DOMException("the process ends", "AbortError"));
    return { chat, write, sent, spoken, said, open: () => letters.open(), die };
  }
  return { live };
}

const asked = (entries: readonly Entry[]) => entries.flatMap((entry) => (entry.role === "user" ? [entry.text] : []));

test("the eleventh letter of a minute is not read and told so once; a command is obeyed all the same", async () => {
  const { live } = await place();
  const read: string[] = [];
  const { write, sent, open } = await live(async (entries) => {
    read.push(asked(entries).at(-1) ?? "");
    return "Yes.";
  });
  for (let letter = 1; letter <= 13; letter++) {
    await write(letter, `letter ${letter}`);
    await expect.poll(open).toEqual([]);
  }
  await write(14, "/status");
  await expect.poll(open).toEqual([]);
  expect(read).toEqual(Array.from({ length: 10 }, (_, i) => `letter ${i + 1}`));
  expect(sent.slice(10).map(({ text }) => text)).toEqual([
    "Not read: more than 10 messages in a minute. Wait a minute.",
    "done",
  ]);
});

test("what is written while it thinks is heard at the next step, and one answer closes both", async () => {
  const { live } = await place();
  const first = Promise.withResolvers<ToolCall>();
  const seen: string[][] = [];
  const { write, sent, said, open } = await live(async (entries) => {
    seen.push(asked(entries));
    return seen.length === 1 ? first.promise : "Eighty-four.";
  });
  await write(1, "what is 12*7?");
  await expect.poll(() => seen.length).toBe(1);
  await write(2, "in words, please");
  first.resolve(count);

  await expect.poll(() => sent).toEqual([{ text: "Eighty-four.", replyTo: "1" }]);
  await expect.poll(open).toEqual([]);
  expect(seen).toEqual([["what is 12*7?"], ["what is 12*7?", "in words, please"]]);
  expect(await said()).toEqual(["person: what is 12*7?", "person: in words, please", "agent: Eighty-four."]);
});

test("what no step hears any more is answered on its own", async () => {
  const { live } = await place();
  const answer = Promise.withResolvers<string>();
  const seen: string[][] = [];
  const { write, sent, open } = await live(async (entries) => {
    seen.push(asked(entries));
    return seen.length === 1 ? answer.promise : `answer ${seen.length}`;
  });
  await write(1, "one?");
  await expect.poll(() => seen.length).toBe(1);
  await write(2, "two?");
  answer.resolve("One.");
  await expect.poll(() => sent.map(({ text, replyTo }) => `${replyTo}: ${text}`)).toEqual(["1: One.", "2: answer 2"]);
  await expect.poll(open).toEqual([]);
});

test("what a turn had heard that failed is answered on its own", async () => {
  const { live } = await place();
  const first = Promise.withResolvers<ToolCall>();
  let steps = 0;
  const { write, sent, open } = await live(async () => {
    steps++;
    if (steps === 1) return first.promise;
    return steps === 2 ? undefined : "Eighty-four.";
  });
  await write(1, "what is 12*7?");
  await expect.poll(() => steps).toBe(1);
  await write(2, "in words, please");
  first.resolve(count);
  await expect
    .poll(() => sent.map(({ text, replyTo }) => `${replyTo}: ${text}`))
    .toEqual(["1: No answer: nobody is there", "2: Eighty-four."]);
  await expect.poll(open).toEqual([]);
});

test("a process that dies after it heard the follow-up answers both once, in its next life", async () => {
  const { live } = await place();
  let steps = 0;
  const first = Promise.withResolvers<ToolCall>();
  const one = await live(async () => {
    steps++;
    if (steps === 1) return first.promise;
    // The follow-up is in the record of step 2; the third completion never comes.
    if (steps === 2) return { ...count, id: "d", arguments: '{"expression":"1+1"}' };
    return new Promise<never>(() => {});
  });
  await one.write(1, "what is 12*7?");
  await expect.poll(() => steps).toBe(1);
  await one.write(2, "in words, please");
  first.resolve(count);
  await expect.poll(() => steps).toBe(3);
  one.die();

  const seen: string[][] = [];
  const two = await live(async (entries) => {
    seen.push(asked(entries));
    return "Eighty-four.";
  });
  await two.chat.resume();
  await expect.poll(() => two.sent).toEqual([{ text: "Eighty-four.", replyTo: "1" }]);
  await expect.poll(two.open).toEqual([]);
  expect(one.sent).toEqual([]);
  expect(seen).toEqual([["what is 12*7?", "in words, please"]]);
  expect(await two.said()).toEqual(["person: what is 12*7?", "person: in words, please", "agent: Eighty-four."]);
});

test("what was written while the agent was away for too long is neither obeyed nor answered, and told so", async () => {
  const { live } = await place();
  const seen: string[][] = [];
  const { write, sent, open } = await live(async (entries) => {
    seen.push(asked(entries));
    return "Yes.";
  });
  await write(1, "/pause", 61_000);
  await write(2, "are you there?", 601_000);
  await write(3, "and now?", 590_000);
  await expect.poll(open).toEqual([]);
  const away = "I was away when you wrote this. Write it again if it still matters.";
  expect(sent.map(({ text, replyTo }) => `${replyTo}: ${text}`).sort()).toEqual([
    `1: Not obeyed: ${away}`,
    `2: Not answered: ${away}`,
    "3: Yes.",
  ]);
  expect(seen).toEqual([["and now?"]]);
});

test("a turn that had begun is brought to its end in the next life, however old its letter is", async () => {
  const { live } = await place();
  let steps = 0;
  const one = await live(async () => {
    steps++;
    return steps === 1 ? count : new Promise<never>(() => {});
  });
  await one.write(1, "what is 12*7?", 590_000);
  await expect.poll(() => steps).toBe(2);
  one.die();
  const two = await live(async () => "Eighty-four.");
  await two.write(1, "what is 12*7?", 700_000);
  await two.chat.resume();
  await expect.poll(() => two.sent).toEqual([{ text: "Eighty-four.", replyTo: "1" }]);
});

test("a letter whose turn cannot be run is told so, and the next one is answered", async () => {
  const { live } = await place();
  const { write, sent, open } = await live(async () => "Yes.", { broken: true });
  await write(1, "hello?");
  await expect.poll(() => sent).toEqual([{ text: "No answer: the record cannot be read", replyTo: "1" }]);
  await write(2, "/status");
  await expect.poll(open).toEqual([]);
  expect(sent.at(-1)).toEqual({ text: "done", replyTo: "2" });
});

test("of an answer that is too long to be spoken the rest is written", async () => {
  const { live } = await place();
  const sentence = "This is one of many sentences. ";
  const long = sentence.repeat(200).trim();
  const { write, sent, spoken, open } = await live(async () => long, { speaks: true });
  await write(1, "/voice tell me everything");
  await expect.poll(() => sent.length).toBeGreaterThan(0);
  await expect.poll(open).toEqual([]);
  expect(spoken).toHaveLength(1);
  expect([...spoken, ...sent.map(({ text }) => text)].join(" ")).toBe(long);
});
