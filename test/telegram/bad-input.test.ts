/** What nobody should send, and lines that nobody should have: the account goes on, and nothing is lost. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Clock, systemClock } from "../../shared/base/index.ts";
import { openTestLedger } from "../doubles/ledger.ts";
import { listen } from "./hearing.ts";
import type { Person } from "./person.ts";
import { startTelegram, type Telegram } from "./telegram.ts";
import type { Account, Supergroup } from "./world/model.ts";

let telegram: Telegram;
let anna: Person;
let nexus: Account;
let group: Supergroup;

beforeEach(async () => {
  telegram = await startTelegram();
  anna = telegram.person("Anna");
  nexus = telegram.account("Nexus");
  group = telegram.supergroup("The team", [anna.account, nexus]);
});
afterEach(() => telegram.close());

test("a message of 100,000 characters is heard, and recorded as far as a message may go", async () => {
  const { hears } = await listen(telegram, nexus, group);
  anna.say(group, "long ".repeat(20_000));
  const heard = await hears("said");
  expect(heard.text.length).toBeGreaterThan(99_000);
  const { ledger, close } = await openTestLedger(systemClock);
  const { seq } = await ledger.messages.record(heard);
  expect((await ledger.messages.get(seq))?.text.length).toBeLessThanOrEqual(16_000);
  close();
});

/** The account's own pauses pass thirty times faster; the library's are as they are. */
const hurried: Clock = { ...systemClock, sleep: (ms, signal) => systemClock.sleep(ms / 30, signal) };

test("updates that mean nothing are left out, and what they were to tell is fetched", { timeout: 60_000 }, async () => {
  const { told } = await listen(telegram, nexus, group, { clock: hurried });
  telegram.faults.pushes({ account: nexus, how: "garbled", times: 2 });
  const texts = ["one", "two", "three"];
  for (const text of texts) anna.say(group, text);
  const heard = () => told.flatMap((one) => (one.kind === "said" ? [one.text] : []));
  await telegram.until("it to hear all", () => heard().length === texts.length, { timeoutMs: 40_000 });
  expect(heard()).toEqual(texts);
});

describe("a line", { timeout: 60_000 }, () => {
  test("that is gone for long is given up for a new client, which tells what was missed", async () => {
    const { hears, troubled, told } = await listen(telegram, nexus, group, { clock: hurried });
    telegram.down();
    await troubled(/did not come back|cannot be reached|closed|connecting/);
    anna.say(group, "while it was away");
    telegram.up();
    await hears("said", ({ text }) => text === "while it was away");
    anna.say(group, "and now");
    await hears("said", ({ text }) => text === "and now");
    expect(told.filter(({ kind }) => kind === "said")).toHaveLength(2);
  });

  test("that falls silent is noticed, and what was said meanwhile is told", async () => {
    const { told } = await listen(telegram, nexus, group, { clock: hurried });
    telegram.silence(nexus);
    anna.say(group, "does anybody hear me?");
    await telegram.until("it to hear", () => told.some((one) => one.kind === "said"), { timeoutMs: 40_000 });
    expect(told).toHaveLength(1);
  });
});
