/** The keeper of plans: pages are looked at, people are told once, and kills, restarts and a second supervisor change nothing. */
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { type Random, seeded, silentLog } from "../../shared/base/index.ts";
import { type Ledger, openLedger, type PlanWait, planShape } from "../../shared/ledger/index.ts";
import { createEgress, type Egress, readHtml } from "../../shared/security/index.ts";
import { createVirtualClock } from "../../shared/simulation/clock.ts";
import { createSharedWatch } from "../../shared/simulation/watch.ts";
import { findOn, numberIn } from "../../supervisor/plans/find-on.ts";
import { look } from "../../supervisor/plans/look.ts";
import { keepPlans } from "../../supervisor/plans/plans.ts";
import { card } from "../doubles/ledger.ts";
import { slowOn } from "../growth.ts";

// Loaded with the first page, which takes real time, and virtual time would not wait for it.
beforeAll(() => readHtml("<p>A page</p>"));

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const NINE = Date.UTC(2026, 0, 5, 9);
const settings = () => ({ quietHours: { from: "22:00", to: "07:00" }, timeZone: "UTC" });

/** What a page says now; a look takes some time, so that a kill can come into it. */
type Page = () => string | { because: string };

/** A ledger that a killed process no longer reaches: nothing it had begun goes on. */
function severable(ledger: Ledger, dead: () => boolean): Ledger {
  const cut = <Part extends object>(part: Part): Part =>
    new Proxy(part, {
      get(target, name) {
        const method = Reflect.get(target, name) as unknown;
        if (typeof method !== "function") return method;
        return (...args: unknown[]) => (dead() ? new Promise(() => {}) : (method.apply(target, args) as unknown));
      },
    });
  return { ...ledger, plans: cut(ledger.plans), deliveries: cut(ledger.deliveries) };
}

async function open(page: Page = () => "") {
  const clock = createVirtualClock(NINE);
  const folder = mkdtempSync(join(tmpdir(), "kaos-plans-"));
  // Changes are told, not looked for ten times a second: here it is the weeks that pass quickly.
  const watch = createSharedWatch(clock);
  const ledger = await openLedger({ path: join(folder, "swarm.db"), clock, durability: "off", watch });
  await ledger.agents.arrive(card("kronos"), 1);
  const lives = new Set<AbortController>();
  onTestFinished(async () => {
    for (const life of lives) life.abort();
    watch.touch();
    await clock.run(() => false);
    ledger.close();
    rmSync(folder, { recursive: true, force: true });
  });
  let looks = 0;
  const egress: Egress = {
    async fetch(url, { signal }) {
      looks++;
      await clock.sleep(5_000, signal);
      const says = page();
      if (typeof says !== "string") return { fetched: false, because: says.because };
      return { fetched: true, status: 200, url, headers: {}, body: Buffer.from(says) };
    },
    reach: () => Promise.reject(new Error("nothing is reached here")),
  };
  return {
    clock,
    ledger,
    looks: () => looks,
    start() {
      const life = new AbortController();
      lives.add(life);
      let dead = false;
      const own = severable(ledger, () => dead);
      const running = keepPlans({ ledger: own, clock, log: silentLog, egress: () => egress, settings }, life.signal);
      running.catch(() => {});
      return {
        stop() {
          life.abort();
          watch.touch();
        },
        kill() {
          dead = true;
          life.abort();
          watch.touch();
        },
      };
    },
    async write(steps: readonly object[], room = "room:main"): Promise<number> {
      const draft = planShape.parse({ goal: "Move the shop", steps });
      const written = await ledger.plans.write({
        key: JSON.stringify(steps),
        agent: "kronos",
        room,
        by: "you",
        sources: [],
        draft,
      });
      if (!written.planned) throw new Error(written.because);
      return written.plan.id;
    },
    /** What people were told about plans, oldest first. */
    told: async () => (await ledger.deliveries.latest(100)).toReversed().map(({ text }) => text),
    async pass(ms: number): Promise<void> {
      let passed = false;
      void clock.sleep(ms).then(() => (passed = true));
      await clock.run(() => passed);
    },
  };
}

const step = (id: string, more: object = {}) => ({ id, title: `Do ${id}`, task: `Please do ${id}.`, ...more });
const watched = { task: "", wait: { kind: "page", url: "https://shop.example/", says: "in stock" } };

test("a page is looked at every hour, and the step is over when it says so; the end is told once", async () => {
  let stock = "sold out";
  const { start, write, pass, looks, told, ledger } = await open(() => `<p>The bicycle is ${stock}.</p>`);
  const id = await write([step("buy", watched)]);
  start();
  await pass(2.5 * HOUR_MS);
  expect(looks()).toBe(3);
  expect(await ledger.plans.get(id)).toMatchObject({
    steps: [{ state: "waiting", because: "the page does not say “in stock” yet", checks: 3 }],
  });
  stock = "in stock again";
  await pass(HOUR_MS);
  expect(await ledger.plans.get(id)).toMatchObject({ state: "done" });
  expect(await told()).toEqual([
    `Plan ${id}, “Move the shop”, is done (every step is done).\n• Do buy: done. The bicycle is in stock again.`,
  ]);
});

test("questions, and what does not go on, are told with the way to answer; not at night, and nowhere without a room", async () => {
  const { start, write, pass, told, ledger, clock } = await open(() => ({
    because: "shop.example could not be fetched",
  }));
  const id = await write([step("ok", { task: "", wait: { kind: "person", question: "Shall we?" } })]);
  const quiet = await write([step("silent", { task: "", wait: { kind: "person", question: "Psst?" } })], "");
  start();
  await pass(1_000);
  expect(await told()).toEqual([
    `Plan ${id}, “Move the shop”, waits for you: Shall we?\n\n— Reply to this message, or: kaos plans answer ${id} ok "…"`,
  ]);
  await pass(14 * HOUR_MS);
  const night = await write([step("buy", { ...watched, wait: { ...watched.wait, everyMinutes: 5 } })]);
  await pass(HOUR_MS);
  expect(await ledger.plans.get(night)).toMatchObject({ state: "stuck" });
  expect(await told()).toHaveLength(1);
  await pass(8 * HOUR_MS);
  expect(new Date(clock.now()).getUTCHours()).toBe(8);
  expect((await told())[1]).toContain(`kaos plans retry ${night} buy`);
  expect((await ledger.plans.get(quiet))?.steps).toMatchObject([{ state: "waiting" }]);
});

test.each([1, 2])(
  "weeks of kills, restarts and two supervisors: each step is begun once and everything is told once (seed %i)",
  async (seed) => {
    const random = seeded(seed);
    const { start, write, pass, told, ledger, clock } = await open(() => (random() < 0.2 ? "in stock" : "sold out"));
    const done = new Map<string, number>();
    let plans = 0;
    for (let at = 0; at < 3; at++) {
      await write([
        step(`look${at}`, watched),
        step("wait", { wait: { kind: "delay", minutes: 1 + Math.floor(random() * 3_000) } }),
        step("after", { needs: [`look${at}`, "wait"] }),
        step("last", { needs: ["after"], task: "", wait: { kind: "delay", minutes: 60 } }),
      ]);
      plans++;
    }
    let running = [start(), start()];
    for (let hour = 0; hour < 24 * 21; hour++) {
      await pass(random() * 2 * HOUR_MS);
      if (random() < 0.3) {
        const [first, second] = running;
        if (random() < 0.5) first?.kill();
        else first?.stop();
        running = [...(second === undefined ? [] : [second]), start()];
      }
      await agentWorks(ledger, done, random);
      if ((await ledger.plans.list({ ended: false, limit: 9 })).length === 0) break;
    }
    await pass(DAY_MS);
    const all = await ledger.plans.list({ ended: true, limit: 9 });
    expect(all.map(({ state }) => state)).toEqual(Array(plans).fill("done"));
    for (const { id, events } of all) {
      const begun = events.filter(({ what }) => what === "begun").map(({ step: name }) => name);
      expect(begun.toSorted()).toEqual(["after", "wait"]);
      expect(events.filter(({ what }) => what === "done")).toHaveLength(5);
      expect(done.get(`${id} after`)).toBe(1);
      const [after] = events.filter((one) => one.step === "after" && one.what === "begun");
      const before = events.filter(
        (one) => one.what === "done" && (one.step === "wait" || one.step.startsWith("look")),
      );
      for (const one of before) expect(one.at).toBeLessThanOrEqual(after?.at ?? 0);
    }
    expect(await told()).toHaveLength(plans);
    expect(clock.now()).toBeGreaterThan(NINE);
  },
);

/** An agent that is there now and then. Its lease runs out when it dies in between, and the work is taken again. */
async function agentWorks(ledger: Ledger, done: Map<string, number>, random: Random): Promise<void> {
  await ledger.assignments.sweep();
  for (
    let taken = await ledger.assignments.take("kronos");
    taken !== undefined;
    taken = await ledger.assignments.take("kronos")
  ) {
    if (random() < 0.1) continue;
    const { plan, step: name } = JSON.parse(taken.task) as { plan: number; step: string };
    const { held } = await ledger.assignments.finish(taken.id, taken.fence, { result: "done", because: "done" });
    if (held) done.set(`${plan} ${name}`, (done.get(`${plan} ${name}`) ?? 0) + 1);
  }
}

describe("what a page says", () => {
  const page = (says: string, gone = false): PlanWait & { kind: "page" } => ({
    kind: "page",
    url: "https://x.example",
    says,
    gone,
    everyMinutes: 60,
  });
  const number = (after: string, is: "above" | "below", value: number) =>
    ({ kind: "number", url: "https://x.example", after, is, value, everyMinutes: 60 }) as const;

  test.each([
    ["The  Bicycle is\u00a0back", page("bicycle is back"), true],
    ["Bicycle: red, in stock", page("bicycle*in stock"), true],
    ["Bicycle: red\nCar: in stock", page("bicycle*in stock"), false],
    ["Sold out", page("sold out", true), false],
    ["Buy now", page("sold out", true), true],
    ["Price: 1.234,50 €", number("price", "above", 1_234), true],
    ["Price: $1,234.50", number("price", "below", 1_000), false],
    ["rate 1.085 today", number("rate", "above", 1.08), true],
    ["−12 °C", number("", "below", -10), true],
  ])("%j, waited for %j: %s", (text, wait, met) => {
    expect(findOn(text, wait)).toMatchObject({ met });
  });

  test("a page without the number is no number", () => {
    expect(findOn("Price: ask us", number("price", "above", 1))).toEqual({
      failed: "the page has no number after “price”",
    });
  });

  test.each([
    ["1,234", 1_234],
    ["1.234.567", 1_234_567],
    ["1 234,5", 1_234.5],
    ["1'234.50", 1_234.5],
    ["0,125", 0.125],
    ["12,5", 12.5],
    ["42", 42],
  ])("%s is %d", (text, value) => {
    expect(numberIn(text)).toBe(value);
  });

  test("a pattern made to be slow is not", async () => {
    const pattern = page(`${"a*".repeat(90)}b`);
    expect(await slowOn((text) => findOn(text, pattern), "a", 250_000)).toBeUndefined();
  });

  test("it is fetched through the one way out: hidden text is not read, and the machine's own network is not reached", async () => {
    const server = createServer((request, response) => {
      if (request.url === "/gone") response.writeHead(404).end();
      else response.end('<p style="display:none">in stock</p><p>sold out</p>');
    });
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    onTestFinished(() => void server.close());
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { signal } = new AbortController();
    const wait = { ...page("in stock"), url: `${origin}/` };
    expect(await look(createEgress({ trusted: [origin] }), wait, signal)).toMatchObject({ met: false });
    expect(await look(createEgress({ trusted: [origin] }), { ...wait, url: `${origin}/gone` }, signal)).toMatchObject({
      failed: expect.stringContaining("404"),
    });
    expect(await look(createEgress(), wait, signal)).toMatchObject({
      failed: expect.stringContaining("open internet"),
    });
  });
});
