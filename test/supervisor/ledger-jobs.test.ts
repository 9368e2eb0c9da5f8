import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import type { Clock } from "../../shared/base/index.ts";
import type { Ledger } from "../../shared/ledger/index.ts";
import { readAutomations } from "../../supervisor/automations.ts";
import { createDelivery } from "../../supervisor/delivery/delivery.ts";
import { groupDigest } from "../../supervisor/jobs/group-digest.ts";
import { heartbeat } from "../../supervisor/jobs/heartbeat.ts";
import { blockedBecause } from "../../supervisor/jobs/index.ts";
import { swarmRetention } from "../../supervisor/jobs/swarm-retention.ts";
import { weeklyLetter } from "../../supervisor/jobs/weekly-letter.ts";
import { liveThroughADay } from "../dashboard/day.ts";
import { openTestHome } from "../dashboard/home.ts";
import { work } from "../dashboard/work.ts";
import { openTestLedger, type StandingClock, said, standingClock } from "../doubles/ledger.ts";

const DAY_MS = 86_400_000;
const { signal } = new AbortController();
const RUN = { dueAt: 0, dryRun: false };
const DRY = { dueAt: 0, dryRun: true };

let clock: StandingClock;
let ledger: Ledger;

beforeEach(async () => {
  clock = standingClock();
  const opened = await openTestLedger(clock);
  onTestFinished(opened.close);
  ledger = opened.ledger;
});
const hear = (text: string, more: Parameters<typeof said>[1] = {}) =>
  ledger.messages.record(said(text, { saidAt: clock.now(), ...more }));

describe("swarm-retention", () => {
  const restless = (): Clock => ({ now: () => clock.now(), sleep: async () => {} });
  const retain = (run = RUN) => swarmRetention({ ledger, clock: restless() }).run(signal, run);

  test("deletes threads that are old as a whole, with what hangs on them, and says how much", async () => {
    for (let n = 0; n < 120; n++) await hear(`old ${n}`, { messageId: `old${n}` });
    await hear("answered late", { messageId: "late" });
    clock.tick(91 * DAY_MS);
    await hear("the late answer", {
      replyTo: "late",
      messageId: "answer",
      sender: { kind: "agent", id: "a", name: "kronos" },
    });
    expect(await retain(DRY)).toMatchObject({ changed: false, summary: "it would delete 120 messages in 120 threads" });
    expect(await retain()).toMatchObject({ changed: true, counters: { messages: 120, threads: 120 } });
    expect((await ledger.messages.after(0, 500)).map(({ text }) => text)).toEqual(["answered late", "the late answer"]);
    expect(await retain()).toMatchObject({ changed: false });
  });

  test("forgets a whole day of a swarm, claims, work, approvals and all; what it cost stays counted", async () => {
    const home = await openTestHome();
    onTestFinished(() => home.close());
    await liveThroughADay(home);
    await work(home);
    const spent = await home.ledger.spend.since(0);
    home.clock.tick(100 * DAY_MS);
    await home.ledger.assignments.sweep();
    const busy = (await home.ledger.messages.after(0, 500)).length;
    const { counters } = await swarmRetention({
      ledger: home.ledger,
      clock: { ...home.clock, sleep: async () => {} },
    }).run(signal, RUN);
    const left = await home.ledger.messages.after(0, 500);
    expect(counters?.["messages"]).toBe(busy - left.length);
    expect(left.length).toBeLessThan(busy / 2);
    for (const { seq } of left) expect(await home.ledger.messages.get(seq)).toBeDefined();
    expect(await home.ledger.spend.since(0)).toEqual(spent);
  });
});

describe("heartbeat", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "kaos-heartbeat-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  });
  const beat = async () => {
    const job = heartbeat({ notes: ledger.jobs, clock, home: { folder }, timeZone: "UTC" });
    const found = await job.run(signal, RUN);
    // Nobody was told yet.
    expect(await job.run(signal, RUN)).toEqual(found);
    const settings = () => readAutomations("/nowhere");
    await createDelivery({ ledger, clock, settings }).deliver(job, found, clock.now());
    return found;
  };
  function tasks(agent: string, text: string): void {
    mkdirSync(join(folder, "agents", agent, "workspace"), { recursive: true });
    writeFileSync(join(folder, "agents", agent, "workspace", "HEARTBEAT.md"), text);
  }

  test("tells open tasks whose day has come, with the file as evidence, once a day", async () => {
    tasks(
      "kronos",
      "# Tasks\n- [ ] renew the domain (2026-01-05)\n- [x] done (2026-01-01)\n- [ ] later (2026-02-01)\n- [ ] some day\n",
    );
    tasks("impulse", "* [ ] call back, 2026-01-03\n");
    const first = await beat();
    expect(first.items).toEqual([
      { title: "call back, 2026-01-03", text: "since 2026-01-03; in impulse's HEARTBEAT.md" },
      { title: "renew the domain (2026-01-05)", text: "today; in kronos's HEARTBEAT.md" },
    ]);
    expect(first.evidence).toContain("kronos's HEARTBEAT.md: renew the domain (2026-01-05)");
    expect(await beat()).toMatchObject({ changed: false });
    clock.tick(DAY_MS);
    expect((await beat()).items).toHaveLength(2);
  });

  test("is silent without agents, without files, with an empty one, and with one that is no list", async () => {
    expect(await beat()).toMatchObject({ changed: false });
    tasks("kronos", "");
    tasks("nexus", "- [ ] x 2026-01-01\n".repeat(50_000));
    expect(await beat()).toMatchObject({ changed: false });
  });
});

describe("group-digest", () => {
  const settings = (more: object) => ({ ...readAutomations("/nowhere"), ...more });

  test("is blocked without groups", () => {
    const job = groupDigest({ ledger, clock, settings: settings({}) });
    expect(blockedBecause(job)).toBe("blocked: set groups in automations.json");
  });

  test("ranks what was answered and what touches the person's topics, of the last day; nothing else is told", async () => {
    await hear("An old story about SQLite that everybody has forgotten by now", { saidAt: clock.now() - 2 * DAY_MS });
    await hear("Who knows a good place for lunch near the station?", { messageId: "lunch" });
    await hear("The new SQLite release makes our nightly import twice as fast", { messageId: "release" });
    await hear("Good morning to all of you out there in the rain", {});
    for (const n of [1, 2]) await hear(`the noodle bar ${n}`, { replyTo: "lunch", messageId: `r${n}` });
    await hear("Another room's SQLite question, which nobody asked to hear about", { room: "room:other" });
    const job = groupDigest({ ledger, clock, settings: settings({ groups: ["room:main"], topics: ["sqlite"] }) });
    const { items = [], counters } = await job.run(signal, RUN);
    expect(items.map(({ title, text }) => `${title} | ${text}`)).toEqual([
      "you: The new SQLite release makes our nightly import twice as fast | about sqlite",
      "you: Who knows a good place for lunch near the station? | answers: 2",
    ]);
    expect(counters).toEqual({ messages: 5, told: 2 });
  });

  test("is silent on a day without anything", async () => {
    const job = groupDigest({ ledger, clock, settings: settings({ groups: ["room:main"] }) });
    expect(await job.run(signal, RUN)).toMatchObject({ changed: false });
  });
});

describe("weekly-letter", () => {
  const write = () => weeklyLetter({ ledger, clock }).run(signal, RUN);

  test("counts what was said, what was not done, and what waits for the person", async () => {
    await hear("Is anybody there?");
    await ledger.occurrences.begin("back-up", clock.now());
    await ledger.occurrences.finish("back-up", clock.now(), "failed", "the disk is full");
    clock.tick(60_000);
    const { items = [], changed, counters } = await write();
    expect(changed).toBe(true);
    expect(counters).toMatchObject({ messages: 1, answers: 0 });
    expect(items.map(({ title, text }) => `${title}: ${text}`)).toEqual([
      "Done: 1 messages of people, 0 of agents",
      "Cost: $0.00 for 0 calls of models",
      "Not done: back-up: 1 failed",
      "Without an answer: “Is anybody there?”",
    ]);
  });

  test("is not written about a week in which nothing was", async () => {
    expect(await write()).toMatchObject({ changed: false });
  });
});
