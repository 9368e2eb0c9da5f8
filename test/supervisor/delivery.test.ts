import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { type Ledger, MUTED } from "../../shared/ledger/index.ts";
import { type Automations, readAutomations } from "../../supervisor/automations.ts";
import { inQuietHours } from "../../supervisor/delivery/decide.ts";
import { createDelivery, type DeliveryLayer } from "../../supervisor/delivery/delivery.ts";
import type { JobResult } from "../../supervisor/jobs/index.ts";
import { card, openTestLedger, type StandingClock, standingClock } from "../doubles/ledger.ts";

const HOUR_MS = 3_600_000;
const found = (title: string, more: Partial<JobResult> = {}): JobResult => ({
  changed: true,
  severity: "notable",
  summary: "found something",
  items: [{ title, url: "https://a.example/(x)" }],
  ...more,
});

/** A finding of some 3,000 characters whose last words are its own. */
const longItems = (n: number) => [
  ...Array.from({ length: 5 }, () => ({ title: "so much", text: "word ".repeat(110).trim() })),
  { title: `end of ${n}.` },
];

describe("the delivery layer", () => {
  let clock: StandingClock;
  let ledger: Ledger;
  let layer: DeliveryLayer;
  let dueAt = 0;

  beforeEach(async () => {
    clock = standingClock(Date.UTC(2026, 0, 5, 9));
    const opened = await openTestLedger(clock);
    onTestFinished(opened.close);
    ledger = opened.ledger;
    const settings: Automations = { ...readAutomations("/nowhere"), timeZone: "UTC", messagesPerDayMax: 2 };
    layer = createDelivery({ ledger, clock, settings: () => settings });
  });
  const deliver = (result: JobResult, name = "news-monitor") => layer.deliver({ name }, result, ++dueAt);
  /** Sends all that waits, as an agent's process does. */
  async function received(agent = "kronos"): Promise<string[]> {
    const texts: string[] = [];
    for (let parcel = await ledger.outbox.take(agent); parcel !== undefined; parcel = await ledger.outbox.take(agent)) {
      texts.push(parcel.text);
      await ledger.outbox.post(parcel.id, { id: agent, name: agent });
    }
    return texts;
  }

  test("what is worth it goes into the room in an agent's voice, with the reason and the way to quiet it", async () => {
    await deliver(found("Bridge closed"));
    const [text] = await received();
    expect(text).toContain("• [Bridge closed](https://a.example/%28x%29)");
    expect(text).toContain(
      "news-monitor: it is worth knowing now. More: kaos jobs why 1. Quieter: kaos jobs mute news-monitor",
    );
    expect(await ledger.messages.latest("room:main", 5)).toMatchObject([{ sender: { kind: "agent", name: "kronos" } }]);
    expect(await received()).toEqual([]);
  });

  test("a voice that there is not is replaced by one that is here, so that the message leaves", async () => {
    await ledger.agents.arrive(card("nexus"), 1);
    await layer.deliver({ name: "watch-pages", agent: "lacuna" }, found("A page changed"), 1);
    expect(await received("nexus")).toHaveLength(1);
    await ledger.agents.arrive(card("lacuna"), 1);
    await layer.deliver({ name: "watch-pages", agent: "lacuna", room: "room:side" }, found("Once more"), 2);
    expect(await received("lacuna")).toHaveLength(1);
    expect(await ledger.messages.latest("room:side", 5)).toHaveLength(1);
  });

  test("silence when nothing changed or nothing is to be told", async () => {
    await deliver({ changed: false, summary: "all quiet" });
    await deliver({ changed: true, summary: "did some work" });
    expect(await ledger.deliveries.latest(5)).toEqual([]);
  });

  test("the same finding is said once, however often its run is repeated", async () => {
    await layer.deliver({ name: "news-monitor" }, found("One"), 5);
    await layer.deliver({ name: "news-monitor" }, found("One"), 5);
    expect(await received()).toHaveLength(1);
  });

  test("over the day's budget it waits for the digest, whichever job it is; what is urgent does not wait", async () => {
    for (const [name, title] of [
      ["news-monitor", "1"],
      ["group-digest", "2"],
      ["heartbeat", "3"],
    ] as const)
      await deliver(found(title), name);
    await deliver(found("the disk is full", { severity: "urgent" }), "back-up");
    expect((await ledger.deliveries.latest(4)).map(({ state, because }) => `${state}: ${because}`)).toEqual([
      "queued: it is urgent",
      "held: you got 2 messages of jobs today, and 2 are enough",
      "queued: it is worth knowing now",
      "queued: it is worth knowing now",
    ]);
    expect(await received()).toHaveLength(3);
    clock.tick(24 * HOUR_MS);
    expect((await deliver(found("tomorrow")))?.state).toBe("queued");
  });

  test("at night and with small things it waits, and one digest tells all of it", async () => {
    clock.tick(14 * HOUR_MS);
    await deliver(found("at night"));
    await deliver(found("a small thing", { severity: "info" }), "group-digest");
    expect(await layer.sendDigest(1)).toBeUndefined();
    clock.tick(10 * HOUR_MS);
    expect(await layer.sendDigest(2)).toEqual({ told: 2, rooms: 1, left: 0 });
    const texts = await received();
    expect(texts).toHaveLength(1);
    expect(texts[0]).toMatch(/at night[\s\S]*a small thing[\s\S]*digest/);
    expect(await layer.sendDigest(3)).toBeUndefined();
  });

  test("a muted job is dropped with the reason; a snoozed one is told when its time is over", async () => {
    await ledger.jobs.quiet("news-monitor", MUTED);
    expect(await deliver(found("x"))).toMatchObject({ state: "dropped", because: "you muted this job" });
    await ledger.jobs.quiet("news-monitor", clock.now() + HOUR_MS);
    expect(await deliver(found("y", { severity: "urgent" }))).toMatchObject({
      state: "held",
      because: "you snoozed this job",
    });
    expect(await layer.sendDigest(1)).toBeUndefined();
    clock.tick(2 * HOUR_MS);
    expect(await layer.sendDigest(2)).toEqual({ told: 1, rooms: 1, left: 0 });
  });

  test("what a job knows is written with what is said, and never without it", async () => {
    const noted = (key: string) => ({ notes: [{ key, value: "" }] });
    await layer.deliver({ name: "news-monitor" }, found("One", noted("one")), 5);
    // Another finding of the same run: it is not said, so the next run may find it again.
    await layer.deliver({ name: "news-monitor" }, found("Two", noted("two")), 5);
    await deliver({ changed: false, summary: "all quiet", ...noted("three") });
    expect((await ledger.jobs.known("news-monitor", ["one", "two", "three"])).toSorted()).toEqual(["one", "three"]);
  });

  test("a purchase is asked about with the message that asks", async () => {
    const { purchase } = await ledger.purchases.write({
      receipt: "r",
      merchant: "Taxi",
      minor: 1_600,
      currency: "EUR",
      category: "transport",
      spentOn: "2026-01-04",
      confidence: 0.5,
      state: "pending",
      because: "a second look did not confirm the sum",
      by: "parser",
    });
    await deliver(found("? Taxi", { asks: [purchase.id] }), "email-expenses");
    expect(await ledger.purchases.pending()).toMatchObject([{ askedAt: clock.now() }]);
  });

  test("each room gets a digest of its own, also one that jobs spoke in before", async () => {
    await deliver(found("in the usual room", { severity: "info" }));
    await layer.deliver({ name: "call-mia", room: "room:side" }, found("in another", { severity: "info" }), 1);
    expect(await layer.sendDigest(1)).toEqual({ told: 2, rooms: 2, left: 0 });
    await received();
    const heard = async (room: string) => (await ledger.messages.latest(room, 5)).map(({ text }) => text);
    expect(await heard("room:main")).toEqual([expect.stringMatching(/in the usual room/)]);
    expect(await heard("room:side")).toEqual([expect.stringMatching(/in another/)]);
    expect(await layer.sendDigest(2)).toBeUndefined();
  });

  test("a digest takes what fits, whole; the rest waits for the next, and nothing is lost or told twice", async () => {
    for (let n = 1; n <= 12; n++)
      await deliver(found(`finding ${n}.`, { severity: "info", items: longItems(n) }), `job-${n % 3}`);
    const told: string[] = [];
    let days = 0;
    for (let held = 12; held > 0; days++) {
      const digest = await layer.sendDigest(days);
      const texts = await received();
      expect(texts.length).toBeLessThanOrEqual(4);
      expect(texts.join("")).toContain("— digest: kept together");
      if (digest?.left) expect(texts.join("\n")).toContain(`and ${digest.left} more with the next digest`);
      told.push(...[...texts.join("").matchAll(/end of (\d+)\./g)].map(([, n = ""]) => n));
      expect(digest?.left).toBe(held - (digest?.told ?? 0));
      held -= digest?.told ?? 0;
    }
    expect(days).toBeGreaterThan(1);
    expect(told.toSorted((a, b) => Number(a) - Number(b))).toEqual(Array.from({ length: 12 }, (_, n) => `${n + 1}`));
  });

  test("a flood of findings is one message of bearable length", async () => {
    const items = Array.from({ length: 5_000 }, (_, n) => ({ title: `thing ${n} ${"x".repeat(500)}` }));
    await deliver(found("", { items }));
    const texts = await received();
    expect(texts.length).toBeLessThanOrEqual(4);
    expect(texts.join("")).toContain("and 4988 more");
  });
});

test("quiet hours may go over midnight", () => {
  const night = { from: "22:00", to: "07:30" };
  expect([21 * 60 + 59, 22 * 60, 0, 7 * 60 + 29, 7 * 60 + 30].map((minute) => inQuietHours(minute, night))).toEqual([
    false,
    true,
    true,
    true,
    false,
  ]);
  expect(inQuietHours(12 * 60, { from: "12:00", to: "12:00" })).toBe(false);
});

test("nonsense in automations.json is told, and everything else holds", () => {
  const folder = mkdtempSync(join(tmpdir(), "kaos-automations-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, "automations.json");
  const read = (text: string) => {
    writeFileSync(file, text);
    return readAutomations(file);
  };
  const mixed = read(
    JSON.stringify({
      timeZone: "Mars/Olympus",
      feeds: ["https://a.example/rss", "javascript:1", 7],
      topics: ["SQLite", ""],
      colour: "red",
    }),
  );
  expect(mixed.feeds).toEqual(["https://a.example/rss"]);
  expect(mixed.topics).toEqual(["SQLite"]);
  expect(mixed.problems).toHaveLength(5);
  expect(read("{").problems[0]).toMatch(/cannot be read/);
  expect(read("[]").problems[0]).toMatch(/is not an object/);
  expect(readAutomations(join(folder, "none")).problems).toEqual([]);
});
