/** Each view with a full day, with an empty ledger, and with hostile text in every field that somebody else writes. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { views } from "../../dashboard/views/index.ts";
import { said } from "../doubles/ledger.ts";
import { liveThroughADay } from "./day.ts";
import { arrive, member, openTestHome, SIX, stoppedClock, type TestHome } from "./home.ts";
import { EVIL, EVIL_JOB, fillWithHostile } from "./hostile.ts";

const PATHS = views.map(({ path }) => path);

let home: TestHome;
beforeEach(async () => {
  home = await openTestHome({
    clock: stoppedClock(),
    timetable: async () => [
      EVIL_JOB,
      {
        job: "rotate-logs",
        purpose: "keeps logs small",
        schedule: "7 * * * * (UTC)",
        timeZone: "UTC",
        needs: [],
        state: "paused",
        because: "paused by you",
        nextAt: null,
        last: null,
        quietUntil: null,
        added: false,
      },
    ],
    raw: { KAOS_HOME: EVIL, KAOS_STANDARD_CHAIN: EVIL, ENABLE_SERVER_OPS: "true" },
    servers: { kronos: ["files"] },
  });
});
afterEach(() => home.close());

/** The page of a path as text without tags, and as it is. */
async function read(path: string): Promise<{ text: string; page: string }> {
  const answer = await (await member(home)).get(path);
  expect(answer.status, path).toBe(200);
  const page = await answer.text();
  return { page, text: page.replace(/<[^>]*>/g, " ").replace(/\s+/g, " ") };
}

describe("with an empty ledger", () => {
  test.each([
    ["/", "No agent has come up in this home yet"],
    ["/room", "Nobody has said anything yet"],
    ["/swarm", "Nobody has written yet"],
    ["/approvals", "Nothing waits for you. When an agent wants to do something risky"],
    ["/audit", "No agent has called a tool in this home yet"],
    ["/mcp", "Agents get further tools from MCP servers. Write them into"],
    ["/settings", "Nothing is paused"],
  ])("%s says that it is empty and how to fill it", async (path, says) => {
    const { text } = await read(path);
    expect(text).toContain(says);
    expect(text).toContain("no agent yet");
    expect(text).toMatch(/kaos (up|restart)|Room/);
  });

  test("a message that does not exist is told", async () => {
    expect((await read("/swarm?message=77")).text).toContain("The ledger has no message with this number");
  });
});

describe("with a full day", () => {
  beforeEach(() => liveThroughADay(home));

  test("the overview counts what the ledger holds", async () => {
    const { text, page } = await read("/");
    expect(text).toContain("6 of 6 alive");
    expect(text).toMatch(/lacuna creative director writing/);
    expect(text).toMatch(/kronos answered “We have two weeks and one engineer/);
    expect(text).toContain("2 of them paused, blocked or resting");
    const spent = (await home.ledger.spend.since(0)).reduce((sum, { costUsd }) => sum + costUsd, 0);
    expect(text).toContain(`$${spent.toFixed(2)} of $5.00`);
    expect(page).toContain('aria-label="3 answers in 24 hours, most in the hour from');
  });

  test("the room unfolds the decision under a message: six rows with their reasons", async () => {
    const { page, text } = await read("/room");
    const [, decision = ""] = /two weeks and one engineer.*?<details[^>]*>(.*?)<\/details>/s.exec(page) ?? [];
    expect(decision.match(/<tr role="row"><td/g)).toHaveLength(6);
    const words = decision.replace(/<[^>]*>/g, " ").replace(/\s+/g, " ");
    expect(words).toMatch(
      /kronos answered in 9\.\d s nexus answered in 24 s keystone yielded impulse yielded and two declined · 1 model call to judge · \$0\.0058/,
    );
    expect(words).toMatch(/kronos 2 9 \+3\.1 s answered in 9\.\d s kronos owns “priorities”/);
    expect(words).toMatch(/impulse 2 7 \+17\.8 s yielded kronos and nexus had answered already/);
    expect(words).toMatch(/lacuna – 3 – declined fit 3 of 10, needs 7/);
    expect(text).toContain("written by the offline model");
  });

  test("the room shows an answer while it is written, as Markdown", async () => {
    const { page } = await read("/room");
    expect(page).toMatch(
      /<article id="w-\d+" class="say reply lacuna writing" aria-busy="true">.*<strong>worth it<\/strong>, so call it what it/s,
    );
  });

  test("older messages are one page further", async () => {
    const seqs = (await home.ledger.messages.latest("room:main", 99)).map(({ seq }) => seq);
    const { page, text } = await read(`/room?before=${seqs[4]}`);
    expect(page.match(/<article id="m-/g)).toHaveLength(4);
    expect(page).not.toContain("<textarea");
    expect(text).toContain("Back to now");
  });

  test("the swarm view draws one lane an agent and says each in words", async () => {
    const root = (await home.ledger.messages.roots(9)).find(({ text }) => text.startsWith("We have two weeks"));
    const { page, text } = await read(`/swarm?message=${root?.seq}`);
    expect(page.match(/<li class="(kronos|nexus|lacuna|resonant|keystone|impulse)">/g)).toHaveLength(6);
    expect(text).toMatch(
      /judged from 0\.0 s to 0\.9 s, decided after 0\.9 s, waited for its time from 0\.9 s to 3\.1 s, thought from 3\.1 s to 8\.\d s, delivered from 8\.\d s to 9\.\d s, sent after 9\.\d s/,
    );
    expect(text).toContain("4 volunteered · 2 answered · 3 model calls · $0.0058");
    expect(text).toMatch(/kronos 3 2 2 1 0 \d\.\d s \$0\.0028/);
  });

  test("a reply's number leads to the story of its root", async () => {
    const reply = (await home.ledger.messages.latest("room:main", 99)).find(({ sender }) => sender.kind === "agent");
    expect((await read(`/swarm?message=${reply?.seq}`)).text).toContain("@kronos what matters today?”");
  });
});

describe("with hostile text in every field", () => {
  beforeEach(() => fillWithHostile(home));

  test.each([
    ...PATHS,
    `/swarm?message=1&${encodeURIComponent(EVIL)}=${encodeURIComponent(EVIL)}`,
    `/memory?${new URLSearchParams({ agent: "kronos", q: EVIL, thread: EVIL, person: EVIL }).toString()}`,
    `/memory?${new URLSearchParams({ agent: EVIL, fact: EVIL, order: EVIL }).toString()}`,
    `/room?before=${encodeURIComponent(EVIL)}`,
    "/turns?agent=kronos&turn=terminal.1",
    "/turns?agent=kronos&turn=terminal.2",
    "/plans?plan=1",
    `/logs?${new URLSearchParams({ q: EVIL, process: EVIL, weight: EVIL }).toString()}`,
    `/audit?${new URLSearchParams({ agent: EVIL, tool: EVIL, class: EVIL, session: EVIL, from: EVIL, to: EVIL, before: EVIL }).toString()}`,
  ])("%s shows it as text", async (path) => {
    const { page } = await read(path);
    expect(page).toContain("&lt;img src=x onerror=alert(1)&gt;");
    expect(page).not.toMatch(/<img/i);
    // No attribute of any tag is one that we did not write.
    for (const [tag] of page.matchAll(/<[a-z][^>]*>/gi))
      expect(tag.replace(/"[^"]*"/g, '""')).not.toMatch(/\son\w+\s*=/i);
    expect(page.match(/<script/g)?.length).toBeLessThanOrEqual(4);
    expect(page).not.toMatch(/href="(?:javascript|data):/i);
    expect(page).not.toMatch(/src="(?!\/assets\/)/);
  });
});

test("what the swarm does with a message is told while it happens", async () => {
  await arrive(home.ledger);
  const seq = (await home.ledger.messages.record(said("Anybody?", { saidAt: home.clock.now() }))).seq;
  expect((await read("/room")).text).toContain("six deciding");
  await home.ledger.judgements.take({ message: seq, scope: "swarm" }, "nexus");
  expect((await read("/room")).text).toMatch(/nexus judging/);
  const claim = await home.ledger.claims.place({
    message: seq,
    root: seq,
    agent: "kronos",
    tier: 2,
    eta: home.clock.now() + 9_000,
    because: "owns it",
  });
  expect((await read("/room")).text).toMatch(/kronos waits 9\.0 s|kronos waits 8\.\d s/);
  home.clock.tick(9_000);
  for (const { name, epoch } of await home.ledger.agents.roster()) await home.ledger.agents.beat(name, epoch);
  for (const { name } of SIX)
    if (name !== "kronos")
      await home.ledger.outcomes.put({ message: seq, agent: name, outcome: "declined", because: "fit 1 of 10" });
  const taking = await home.ledger.claims.take(claim.id, { cap: 2 });
  expect(taking.kind).toBe("held");
  expect((await read("/room")).text).toMatch(/kronos thinking/);
  await home.ledger.agents.leave("lacuna", 1);
  expect((await read("/")).text).toMatch(/lacuna creative director down/);
  expect((await read("/")).text).toContain("5 of 6 alive");
});
