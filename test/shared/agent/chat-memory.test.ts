/** A conversation with one person alone: what was said before comes back, what is said is kept, and only for that person. */
import { expect, onTestFinished, test } from "vitest";
import { createRemembering } from "../../../shared/agent/index.ts";
import { silentLog } from "../../../shared/base/index.ts";
import { createShared, openMemory } from "../../../shared/memory/index.ts";
import { openTestLedger, standingClock } from "../../doubles/ledger.ts";
import { newPath } from "../memory/memory-home.ts";
import { chatWith } from "./chatting.ts";

const { signal } = new AbortController();

async function rememberingChat() {
  const { ledger, close } = await openTestLedger();
  const clock = { ...standingClock(), sleep: () => new Promise<void>(() => {}) };
  const shared = createShared(ledger.sharedFacts, { agent: "kronos" });
  const memory = await openMemory({ path: newPath(), clock, durability: "off", shared });
  onTestFinished(() => {
    memory.close();
    close();
  });
  const validate = (text: string) => text.replaceAll("hunter2", "[secret]");
  const remembering = createRemembering({ agent: "kronos", memory, ledger, clock, log: silentLog, validate });
  const place = (id: string) =>
    remembering.chat({ thread: `telegram.${id}`, person: { id, name: id, isOwner: false }, audience: `person:${id}` });
  return { memory, place };
}

test("what a person told in one conversation is told to the model in another, as background", async () => {
  const { memory, place } = await rememberingChat();
  const first = await chatWith([{ reply: { text: "Noted." } }], { remembering: place("ann") });
  await first.open().say("My sister Vera lives in Porto, password hunter2", { signal });
  expect(await memory.extraction.waiting()).toBe(1);
  const said = await memory.sessions.recent("telegram.ann", 5);
  expect(said.map(({ text }) => text)).toEqual(["My sister Vera lives in Porto, password [secret]", "Noted."]);

  const second = await chatWith([{ reply: { text: "In Porto." } }], { remembering: place("ann"), thread: "another" });
  await second.open().say("Where does my sister live?", { signal });
  const entries = second.requests[0]?.entries ?? [];
  const notes = entries.flatMap((entry) => (entry.role === "system" ? [entry.text] : [])).join("\n");
  expect(notes).toContain("Porto");
  expect(entries.at(-1)).toMatchObject({ role: "user", text: "Where does my sister live?" });

  const other = await chatWith([{ reply: { text: "I do not know." } }], { remembering: place("bob"), thread: "bobs" });
  await other.open().say("Where does the sister live?", { signal });
  expect(JSON.stringify(other.requests[0]?.entries)).not.toContain("Porto");
});
