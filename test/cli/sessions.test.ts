/** `kaos sessions`: a long conversation is told as a summary, and told word for word again, without a word being lost. */
import { expect, test } from "vitest";
import { systemClock } from "../../shared/base/index.ts";
import { homeAt } from "../../shared/config/index.ts";
import { openMemory, type Said } from "../../shared/memory/index.ts";
import { kaos, newHome } from "./kaos.ts";

async function talked(home: string, agent: string, thread: string, said: readonly Said[]): Promise<void> {
  const memory = await openMemory({ path: homeAt(home).agent(agent).database, clock: systemClock });
  await memory.sessions.append(thread, said);
  memory.close();
}

const person = (text: string): Said => ({ by: "person", text, model: null });
const agent = (text: string): Said => ({ by: "agent", text, model: "offline" });
const conversation = [
  person("My lawyer is Maria Huber, the budget is 4,200 €."),
  agent("I will send you the draft by Friday."),
  ...Array.from({ length: 20 }, (_, n) => [
    person(`and what of round ${n}?`),
    agent("nothing new. ".repeat(30)),
  ]).flat(),
];

test("compact, show and uncompact: the words are all there before and after", async () => {
  const home = newHome();
  await talked(home, "kronos", "terminal", conversation);
  expect((await kaos(home, ["sessions"])).stdout).toMatch(/^kronos terminal .+ · 42 said\n$/);

  const made = await kaos(home, ["sessions", "compact", "terminal", "--json"]);
  expect(made.code).toBe(0);
  const compaction = JSON.parse(made.stdout) as { entries: number; summary: string; model: null };
  expect(compaction.model).toBeNull();
  for (const { text } of conversation.slice(0, 2)) expect(compaction.summary).toContain(text);

  const shown = await kaos(home, ["sessions", "show", "terminal", "--all", "--json"]);
  const { covered, since } = JSON.parse(shown.stdout) as { covered: Said[]; since: Said[] };
  expect(covered).toHaveLength(compaction.entries);
  expect([...covered, ...since].map(({ text }) => text)).toEqual(conversation.map(({ text }) => text));
  expect((await kaos(home, ["sessions"])).stdout).toContain(`${compaction.entries} of them told as a summary`);
  expect((await kaos(home, ["sessions", "show", "terminal"])).stdout).toMatch(
    /by rules.+\nbecause a person asked for it; no\s+model/,
  );

  const undone = await kaos(home, ["sessions", "uncompact", "terminal"]);
  expect(undone).toMatchObject({ stdout: "✓ 42 things said are told word for word again.\n", code: 0 });
  expect((await kaos(home, ["sessions", "uncompact", "terminal"])).stderr).toMatch(
    /^✗ terminal of kronos has no summary in force/,
  );
});

test("what cannot be meant is said in a sentence", async () => {
  const home = newHome();
  expect((await kaos(home, ["sessions"])).stdout).toBe("No conversations yet. Begin one: `kaos chat`.\n");
  expect(await kaos(home, ["sessions", "show", "terminal"])).toMatchObject({ stdout: "", code: 1 });
  for (const name of ["kronos", "nexus"]) await talked(home, name, "terminal", [person("hi"), agent("hello")]);
  const unclear = await kaos(home, ["sessions", "show", "terminal"]);
  expect(unclear).toMatchObject({ stdout: "", code: 2 });
  expect(unclear.stderr).toBe('✗ kronos and nexus have a conversation "terminal". Say whose: --agent kronos.\n');
  const short = await kaos(home, ["sessions", "compact", "terminal", "--agent", "nexus"]);
  expect(short.stderr).toMatch(/^✗ Nothing of terminal can be compacted: .+ --keep 0 takes everything\.\n$/);
});
