import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { homeAt } from "../../shared/config/index.ts";
import { LINK_MS } from "../../shared/ledger/index.ts";
import { checkSchedule, writeAdded } from "../../shared/schedule/index.ts";
import { createEgress } from "../../shared/security/index.ts";
import { readAutomations } from "../../supervisor/automations.ts";
import { jobs } from "../../supervisor/jobs/index.ts";
import { rotateLogs } from "../../supervisor/jobs/rotate-logs.ts";
import { tendLedger } from "../../supervisor/jobs/tend-ledger.ts";
import { createMinds } from "../../supervisor/minds.ts";
import { createSearching } from "../../supervisor/searching.ts";
import { openTestLedger, standingClock } from "../doubles/ledger.ts";

const { signal } = new AbortController();
const LARGE_BYTES = 10 * 1024 * 1024 + 1;
const RUN = { dueAt: 0, dryRun: false };
const DAY_MS = 86_400_000;

describe("rotate-logs", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "kaos-logs-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  });

  /** Writes a log that begins with these words and has this size; sparse, so that it costs no disk. */
  function log(name: string, words: string, bytes = LARGE_BYTES): void {
    writeFileSync(join(folder, name), words);
    truncateSync(join(folder, name), bytes);
  }
  const begins = (name: string) => readFileSync(join(folder, name), "utf8").slice(0, 5);
  const rotate = () => rotateLogs({ folder }).run(signal, RUN);

  test("leaves small logs and other files alone", async () => {
    log("kronos.log", "small", 5);
    log("notes.txt", "large");
    expect(await rotate()).toEqual({ changed: false, summary: "all logs are small" });
    expect(readdirSync(folder).toSorted()).toEqual(["kronos.log", "notes.txt"]);
  });

  test("sets a large log aside and empties the file that pm2 holds open", async () => {
    log("kronos.log", "first");
    const { ino } = statSync(join(folder, "kronos.log"));
    expect(await rotate()).toEqual({ changed: true, summary: "set aside kronos.log" });
    expect(begins("kronos.log.1")).toBe("first");
    expect(statSync(join(folder, "kronos.log"))).toMatchObject({ ino, size: 0 });
  });

  test("keeps three older ones, the newest first", async () => {
    for (const words of ["one  ", "two  ", "three", "four "]) {
      log("kronos.log", words);
      await rotate();
    }
    expect([1, 2, 3].map((n) => begins(`kronos.log.${n}`))).toEqual(["four ", "three", "two  "]);
    expect(readdirSync(folder)).toHaveLength(4);
  });

  test("a folder that is not there yet has nothing to rotate", async () => {
    rmSync(folder, { recursive: true });
    expect(await rotate()).toMatchObject({ changed: false });
  });
});

test("tend-ledger deletes what has expired, says how much, and has nothing to do the second time", async () => {
  const clock = standingClock();
  const { ledger, close } = await openTestLedger(clock);
  onTestFinished(close);
  await ledger.logins.makeLink();
  await ledger.occurrences.begin("rotate-logs", clock.now());
  await ledger.occurrences.finish("rotate-logs", clock.now(), "ran", "done");
  const tend = () => tendLedger({ ledger, clock }).run(signal, RUN);
  clock.tick(LINK_MS);
  expect(await tend()).toMatchObject({
    changed: true,
    summary: "checkpoint made; 1 expired logins, 0 old occurrences and 0 reminders that are over deleted",
  });
  clock.tick(90 * DAY_MS);
  expect(await tend()).toMatchObject({ changed: true, summary: expect.stringContaining("1 old occurrences") });
  expect(await tend()).toMatchObject({ changed: false });
});

test("a reminder that was for once leaves the timetable some days after its moment; others stay", async () => {
  const clock = standingClock();
  const { ledger, close } = await openTestLedger(clock);
  onTestFinished(close);
  const oven = writeAdded({ text: "oven", timeZone: "UTC", schedule: { at: clock.now() + 60_000 } });
  await ledger.jobs.add("oven", oven);
  await ledger.jobs.add("stretch", writeAdded({ text: "stretch", timeZone: "UTC", schedule: { cron: "0 9 * * *" } }));
  await ledger.jobs.add("of-another-version", "{}");
  const names = async () => (await ledger.jobs.standings()).map(({ name }) => name);
  clock.tick(2 * DAY_MS);
  await tendLedger({ ledger, clock }).run(signal, RUN);
  expect(await names()).toEqual(["of-another-version", "oven", "stretch"]);
  clock.tick(2 * DAY_MS);
  expect(await tendLedger({ ledger, clock }).run(signal, RUN)).toMatchObject({ counters: { reminders: 1 } });
  expect(await names()).toEqual(["of-another-version", "stretch"]);
  expect(await ledger.jobs.add("oven", oven)).toBe(true);
});

test("every job has a name of its own, a purpose, a limit and a timetable that comes again", async () => {
  const clock = standingClock();
  const { ledger, close } = await openTestLedger(clock);
  onTestFinished(close);
  const home = homeAt("nowhere");
  const all = jobs({
    ledger,
    clock,
    home,
    settings: readAutomations(home.automations),
    delivery: { sendDigest: async () => undefined },
    egress: createEgress(),
    searching: createSearching(createEgress().fetch, { braveApiKey: "", exaApiKey: "", searxngUrl: "" }),
    minds: createMinds({ ledger, clock, first: "kronos" }),
    messagesKeptMs: 1,
  });
  expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
  for (const { name, purpose, timeoutMs, schedule } of all) {
    expect(name).toMatch(/^[a-z]+(-[a-z]+)*$/);
    expect(purpose).not.toBe("");
    expect(timeoutMs).toBeGreaterThan(0);
    expect(checkSchedule(schedule, "UTC", clock.now())).toEqual({ usable: true });
  }
});
