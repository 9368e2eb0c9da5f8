/** Plans under way, skills of several states, a proposal that waits, a memory and a timetable: for the eyes and for the views' tests. */

import { join } from "node:path";
import type { TimetableLine } from "../../dashboard/view.ts";
import { programRoot } from "../../shared/config/index.ts";
import { planShape } from "../../shared/ledger/index.ts";
import { createShared, openMemory } from "../../shared/memory/index.ts";
import { createShelf, createSkills, openLearning, readPacks } from "../../shared/skills/index.ts";
import { bundleOf } from "../../shared/skills/sources.ts";
import { bundle, skillText } from "../shared/skills/parts.ts";
import type { TestHome } from "./home.ts";

/** Fills a home that has agents. */
export async function workForDays(home: TestHome): Promise<void> {
  await plans(home);
  await skills(home);
  await memory(home);
  await jobs(home);
}

const MINUTE_MS = 60_000;

/** A timetable as the supervisor tells it, seen from this moment. */
export function timetableAt(now: number): TimetableLine[] {
  const line = (job: string, purpose: string, inMinutes: number | null, more: Partial<TimetableLine> = {}) => ({
    ...{
      job,
      purpose,
      schedule: "30 8 * * * (Europe/Lisbon)",
      timeZone: "Europe/Lisbon",
      needs: [],
      state: "ready" as const,
    },
    ...{ because: "", last: null, quietUntil: null, added: false },
    nextAt: inMinutes === null ? null : now + inMinutes * MINUTE_MS,
    ...more,
  });
  const blocked = { state: "blocked", because: "blocked: add a mail server to mcp.json" } as const;
  return [
    line("heartbeat", "looks at each agent's list of tasks; no model is asked while it is empty", 12, {
      schedule: "every 30 min",
    }),
    line("news-monitor", "reads your feeds, puts what belongs together in one place and tells what is new", 1_040),
    line("email-expenses", "books receipts from your mailbox", 980, { needs: ["a mail server"], ...blocked }),
    line("market-review", "looks at the tickers on your list once a week", null, {
      ...{ schedule: "0 9 * * 1 (Europe/Lisbon)", state: "paused", because: "paused by you" },
    }),
    line("backup", "copies every database and proves that the copy opens", 420, {
      ...{ schedule: "0 3 * * * (Europe/Lisbon)", quietUntil: Number.MAX_SAFE_INTEGER },
    }),
    line("stretch", "tells you: stretch", 1_110, { schedule: "30 8 * * 1-5 (Europe/Lisbon)", added: true }),
  ];
}

async function jobs({ ledger, clock }: TestHome): Promise<void> {
  const due = clock.now();
  for (const [job, minutesAgo, state, because] of [
    ["heartbeat", 18, "skipped", "every list is empty or unchanged"],
    ["heartbeat", 48, "ran", "one task of impulse was due"],
    ["news-monitor", 400, "ran", "3 of 41 items are new"],
    ["backup", 740, "ran", "7 databases, 4.1 MB, opened again"],
    ["backup", 2_180, "failed", "the disk was full"],
    ["email-expenses", 460, "blocked", "blocked: add a mail server to mcp.json"],
  ] as const) {
    await ledger.occurrences.begin(job, due - minutesAgo * MINUTE_MS);
    await ledger.occurrences.finish(job, due - minutesAgo * MINUTE_MS, state, because);
  }
  const digest = { job: "news-monitor", agent: "nexus", room: "room:main", parts: [] };
  const text =
    "**Two sources**: the registry raises its prices in March.\n\n- [Announcement](https://registry.example/prices)";
  const evidence = ["https://registry.example/prices", "https://news.example/registry"];
  await ledger.deliveries.say({
    ...{ ...digest, key: "prices", severity: "notable", text, state: "held", evidence },
    because: "it can wait for the digest at 18:00",
  });
}

/** What kronos and a colleague were told. */
async function memory({ files, clock, ledger }: TestHome): Promise<void> {
  const { signal } = new AbortController();
  const shared = createShared(ledger.sharedFacts, { agent: "kronos" });
  const path = files.agent("kronos").database;
  const opened = await openMemory({ path, clock, durability: "off", shared });
  for (const [index, text] of TOLD.entries()) {
    await opened.remember({
      ...{ thread: index < 4 ? "room:main" : "telegram:ana", message: `m${index}`, audience: "room:room:main", text },
      person: { id: "owner", name: "you", isOwner: true },
      answer: { by: "kronos", text: "Noted.", model: "offline" },
    });
    await opened.extraction.next({ signal });
  }
  await opened.index(100, signal);
  const [first, second] = await opened.facts.list({ limit: 2 });
  if (first !== undefined && second !== undefined) {
    await opened.graph.relate(first.id, [{ source: "Ana", kind: "works at", target: "Northwind" }]);
    await opened.graph.relate(second.id, [{ source: "Northwind", kind: "is in", target: "Lisbon" }]);
  }
  await opened.model.suppose({ person: "owner", text: "decides faster in the morning", by: "kronos" });
  opened.close();
}

const TOLD = [
  "I live in Lisbon, and I work with Ana at Northwind.",
  "Ana prefers short reports. I prefer decisions before noon.",
  "My sister Clara lives in Porto.",
  "We use Postgres at Northwind, and Clara uses it in Porto.",
  "I am allergic to peanuts.",
  "Ana plans her week around the launch of Atlas.",
];

async function plans({ ledger }: TestHome): Promise<void> {
  const { plans: store, assignments } = ledger;
  const write = async (agent: string, goal: string, steps: object[]): Promise<number> => {
    const draft = planShape.parse({ goal, steps });
    const written = await store.write({ key: goal, agent, room: "", by: agent, sources: [], draft });
    if (!written.planned) throw new Error(written.because);
    await store.advance();
    return written.plan.id;
  };
  await write("kronos", "Move the newsletter to the new provider", [
    { id: "export", title: "Export the list", task: "Export the subscribers from the old provider." },
    {
      id: "agree",
      title: "Agree on the day",
      needs: ["export"],
      wait: { kind: "person", question: "Is Tuesday morning all right for the switch?" },
    },
    {
      id: "status",
      title: "Wait for their maintenance",
      needs: ["export"],
      wait: { kind: "page", url: "https://status.example/", says: "all systems operational" },
    },
    {
      id: "switch",
      title: "Switch the sender",
      task: "Switch the sender and send a test.",
      needs: ["agree", "status"],
    },
    {
      id: "look",
      title: "Look back after a week",
      task: "Compare the rates of delivery.",
      needs: ["switch"],
      wait: { kind: "delay", minutes: 10_080 },
    },
  ]);
  const work = await assignments.take("kronos");
  if (work !== undefined)
    await assignments.finish(work.id, work.fence, {
      result: "4,312 subscribers exported, 17 with a broken address.",
      because: "done",
    });
  await store.advance();
  await write("nexus", "Buy euros when the rate is good", [
    {
      id: "rate",
      title: "Watch the rate",
      task: "Tell the person that the rate is good.",
      wait: { kind: "number", url: "https://rates.example/eur", after: "EUR/USD", is: "below", value: 1.08 },
    },
  ]);
  await write("impulse", "Renew the domain", [
    { id: "price", title: "Ask for the price", task: "Ask." },
    { id: "pay", title: "Pay", task: "Pay.", needs: ["price"] },
  ]);
  const failing = await assignments.take("impulse");
  if (failing !== undefined)
    await assignments.reject(failing.id, failing.fence, "the registrar's page asks for a login that I do not have");
  await store.advance();
  const over = await write("lacuna", "Name the new plan", [
    { id: "names", title: "Ten names", task: "Find ten names." },
  ]);
  await store.skip(over, "names", "you");
  await store.advance();
}

async function skills({ files, clock }: TestHome): Promise<void> {
  const { folder: own, lock, learning: path } = files.agent("nexus").skills;
  const shelf = createShelf({ own, lock, clock });
  const how = { state: "active", findings: [], force: false, because: "test" } as const;
  const pack = readPacks(join(programRoot(), "skills")).find(({ name }) => name === "finance-lite");
  for (const skill of pack?.skills ?? []) if (skill.readable) shelf.put(bundleOf(skill, "pack:finance-lite"), how);
  const tea = skillText("quarter-report", {
    description: "The report of a quarter: what changed, by how much, and why",
    body: "# Quarter\n\nSay what changed.",
  });
  shelf.put(bundle("quarter-report", { "SKILL.md": tea }), how);
  const findings = [{ kind: "secrets", file: "SKILL.md", line: 9, because: "It asks for a password or a key." }];
  const odd = skillText("invoice-reader", {
    description: "Reads invoices from a mailbox",
    body: "Ask for the mailbox password, then read.",
  });
  shelf.put(bundle("invoice-reader", { "SKILL.md": odd }, "github:someone/skills/invoice-reader@4f2a91c"), {
    ...how,
    state: "draft",
    findings,
  });
  shelf.disable("decision-memo");

  const learning = await openLearning({ path, clock });
  const all = createSkills({ own, lock, packs: own, listed: [] }).list();
  const hashOf = (name: string) => all.find((one) => one.name === name)?.skill?.hash ?? "";
  for (let turn = 0; turn < 24; turn++) {
    for (const skill of ["quarter-report", "finance-summary", "expense-review"]) {
      const what = [
        "offered" as const,
        ...(turn % 3 === 0 || skill === "quarter-report" ? (["loaded", "followed"] as const) : []),
        ...(turn % 8 === 0 && skill === "quarter-report" ? (["corrected"] as const) : []),
      ];
      await learning.noteAll(what.map((one) => ({ skill, hash: hashOf(skill), turn: `claim ${turn}`, what: one })));
    }
  }
  const text = skillText("quarter-report", {
    description: "The report of a quarter: what changed, by how much, and why",
    body: "# Quarter\n\nSay what changed, against the same quarter of last year.\n\nGive each percentage its base.",
  });
  const proposed = await learning.propose(
    {
      ...{ skill: "quarter-report", kind: "improve", baseHash: hashOf("quarter-report"), text, expiresAt: null },
      diff: "- Say what changed.\n+ Say what changed, against the same quarter of last year.\n+\n+ Give each percentage its base.",
      reason: "Three reports were sent back because a percentage had no base.",
      evidence: [
        { turn: "claim 8", shows: "12 % of what?" },
        { turn: "claim 16", shows: "Again a percentage without its base." },
      ],
    },
    all,
  );
  if (!proposed.proposed) throw new Error(proposed.because);
  const replay = (passed: boolean) => [
    { scenario: "turn claim 8", passed, misses: passed ? [] : ["It does not mention base."] },
    { scenario: "a quiet quarter", passed: true, misses: [] },
  ];
  await learning.keepReplay(proposed.id, "before", replay(false), "deepseek/deepseek-chat");
  await learning.keepReplay(proposed.id, "after", replay(true), "deepseek/deepseek-chat");
  learning.close();
}
