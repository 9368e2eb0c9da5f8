/** L5: the control room says until when the day's money lasts at the rate of the last hour. */
import { expect, onTestFinished, test } from "vitest";
import { member, openTestHome } from "../dashboard/home.ts";

test("at this rate until …, once the cap would be reached today, and not before anything was spent", async () => {
  const home = await openTestHome();
  onTestFinished(() => home.close());
  const person = await member(home);
  const overview = async () => (await (await person.get("/")).text()).replace(/<[^>]+>/g, " ");
  expect(await overview()).not.toContain("At this rate until");
  const spent = {
    agent: "kronos",
    purpose: "answer",
    message: null,
    by: "x/y",
    inputTokens: 1,
    cachedTokens: 0,
    outputTokens: 1,
  };
  await home.ledger.spend.add({ ...spent, costUsd: 4.99 });
  expect(await overview()).toMatch(/At this rate until [^.]*\d\d:\d\d\./);
});
