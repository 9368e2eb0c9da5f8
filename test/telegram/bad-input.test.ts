/** What nobody should send, and lines that nobody should have: the account goes on, and nothing is lost. */
import { expect, onTestFinished, test } from "vitest";
import { type Clock, systemClock } from "../../shared/base/index.ts";
import { openTestLedger } from "../doubles/ledger.ts";
import { listen } from "./hearing.ts";
import { startTelegram } from "./telegram.ts";

/** A group with Anna and an account of the product in it, on a server of its own. */
async function meet() {
  const telegram = await startTelegram();
  onTestFinished(() => telegram.close());
  const anna = telegram.person("Anna");
  const nexus = telegram.account("Nexus");
  return { telegram, anna, nexus, group: telegram.supergroup("The team", [anna.account, nexus]) };
}

test("a message of 100,000 characters is heard, and recorded as far as a message may go", async () => {
  const { telegram, anna, nexus, group } = await meet();
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

test("a line that is gone for long is given up for a new client, which tells what was missed", async () => {
  const { telegram, anna, nexus, group } = await meet();
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

/** The library notices these two by clocks of its own, of half a minute: so both wait at the same time. */
test("updates that mean nothing are left out and what they were to tell is fetched; a line that falls silent is noticed", async () => {
  const garbled = async () => {
    const { telegram, anna, nexus, group } = await meet();
    const { told } = await listen(telegram, nexus, group, { clock: hurried });
    telegram.faults.pushes({ account: nexus, how: "garbled", times: 2 });
    const texts = ["one", "two", "three"];
    for (const text of texts) anna.say(group, text);
    const heard = () => told.flatMap((one) => (one.kind === "said" ? [one.text] : []));
    await telegram.until("it to hear all", () => heard().length === texts.length, { timeoutMs: 120_000 });
    expect(heard()).toEqual(texts);
  };
  const silent = async () => {
    const { telegram, anna, nexus, group } = await meet();
    const { told } = await listen(telegram, nexus, group, { clock: hurried });
    telegram.silence(nexus);
    anna.say(group, "does anybody hear me?");
    await telegram.until("it to hear", () => told.some((one) => one.kind === "said"), { timeoutMs: 120_000 });
    expect(told).toHaveLength(1);
  };
  await Promise.all([garbled(), silent()]);
});
