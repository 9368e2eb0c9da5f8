/** A change to a persona that an agent proposes: shown with its diff and its proof, put into the file on a person's yes, and taken back. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { loadRoster } from "../../shared/config/index.ts";
import { diffLines, hashOfPersona, openLearning } from "../../shared/skills/index.ts";
import { arrive, member, openTestHome, type TestHome } from "./home.ts";

let home: TestHome;
let person: Awaited<ReturnType<typeof member>>;

async function begin(demo: boolean): Promise<void> {
  home = await openTestHome({ demo, servers: {} });
  await arrive(home.ledger);
  person = await member(home);
}
beforeEach(() => begin(false));
afterEach(() => home.close());

const file = () => join(home.files.folder, "personas", "nexus", "DUTIES.md");
const duties = () => readFileSync(file(), "utf8");
const LINE = "- Give each percentage its base.";

async function propose(): Promise<string> {
  const before = duties();
  const text = `${before.trimEnd()}\n\n## Numbers\n\n${LINE}\n`;
  const path = home.files.agent("nexus").skills.learning;
  mkdirSync(dirname(path), { recursive: true });
  const learning = await openLearning({ path, clock: home.clock });
  const proposed = await learning.propose(
    {
      ...{ about: "persona", skill: "duties", kind: "improve", baseHash: hashOfPersona(before), before, text },
      ...{ diff: diffLines(before, text), reason: "Two answers had percentages of nothing.", expiresAt: null },
      evidence: [{ turn: "claim 8", shows: "12 % of what?" }],
    },
    [],
  );
  if (!proposed.proposed) throw new Error(proposed.because);
  const passes = (passed: boolean) => [{ scenario: "turn claim 8", passed, misses: [] }];
  await learning.keepReplay(proposed.id, "before", passes(false), "deepseek");
  await learning.keepReplay(proposed.id, "after", passes(true), "deepseek");
  learning.close();
  return proposed.id;
}

async function read(): Promise<string> {
  const page = await (await person.get("/approvals")).text();
  return page.replace(/<[^>]*>/g, " ").replace(/\s+/g, " ");
}

const decide = (proposal: string, decision: string) =>
  person.post("/approvals/proposals", { csrf: person.csrf, proposal, decision });
const takeBack = (proposal: string) => person.post("/approvals/rollbacks", { csrf: person.csrf, proposal });

test("it stands in Approvals with why, on which words, what replays showed and every changed line", async () => {
  await propose();
  const text = await read();
  expect(text).toMatch(/Approvals 1 waiting for you/);
  expect(text).toMatch(/nexus DUTIES\.md a change to its persona .* why Two answers had percentages of nothing\./);
  expect(text).toMatch(/“12 % of what\?” claim 8 .* turn claim 8 fails passes .*\+ - Give each percentage its base\./);
});

test("a yes writes the file, which still loads; taking it back writes the one before", async () => {
  const before = duties();
  const id = await propose();
  expect((await decide(id, "accept")).status).toBe(303);
  expect(duties()).toContain(LINE);
  const roster = loadRoster(join(home.files.folder, "personas"));
  expect(roster.agents.find(({ name }) => name === "nexus")?.duties).toContain(LINE);
  expect(await read()).toMatch(/nexus DUTIES\.md in force .*kaos restart nexus/);
  expect((await takeBack(id)).status).toBe(303);
  expect(duties()).toBe(before);
  expect(await read()).not.toContain("in force");
  expect((await takeBack(id)).status).toBe(422);
});

test("a no keeps the file, and what was declined is not decided again", async () => {
  const before = duties();
  const id = await propose();
  expect((await decide(id, "decline")).status).toBe(303);
  expect((await decide(id, "accept")).status).toBe(422);
  expect(duties()).toBe(before);
});

test("what a person wrote since is never overwritten, neither by a yes nor by taking back", async () => {
  const id = await propose();
  writeFileSync(file(), `${duties()}\n- Mine.\n`);
  const answer = await decide(id, "accept");
  expect(answer.status).toBe(422);
  expect(await answer.text()).toContain("has changed since this was proposed");
  expect(duties()).toContain("- Mine.");
  expect(duties()).not.toContain(LINE);
  const other = await propose().catch((error: Error) => error.message);
  expect(other, "one change at a time").toContain("has an open proposal already");
});

test("a demo changes no persona of the program, and says why", async () => {
  await home.close();
  await begin(true);
  const before = duties();
  const answer = await decide(await propose(), "accept");
  expect(answer.status).toBe(422);
  expect(await answer.text()).toContain("A demo uses the personas of the program");
  expect(duties()).toBe(before);
});

test("a change that empties a file, makes it too long or takes the example lines out is no proposal", async () => {
  const path = home.files.agent("nexus").skills.learning;
  mkdirSync(dirname(path), { recursive: true });
  const learning = await openLearning({ path, clock: home.clock });
  const change = { kind: "improve", baseHash: "x", before: "y", diff: "z", reason: "r", expiresAt: null } as const;
  const evidence = [{ turn: "t", shows: "s" }];
  for (const [skill, text] of [
    ["duties", "   "],
    ["duties", "x".repeat(17_000)],
    ["voice", "# How it sounds\n"],
    ["agent.json", "{}"],
  ] as const)
    expect(await learning.propose({ ...change, about: "persona", skill, text, evidence }, [])).toMatchObject({
      proposed: false,
    });
  learning.close();
});
