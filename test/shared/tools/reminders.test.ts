import { expect, onTestFinished, test } from "vitest";
import { readAdded } from "../../../shared/schedule/index.ts";
import { reminderTools } from "../../../shared/tools/index.ts";
import { openTestLedger, standingClock } from "../../doubles/ledger.ts";
import { contextOf } from "../mcp/outside-vitest.ts";

async function open() {
  const clock = standingClock(Date.UTC(2026, 0, 5, 9));
  const { ledger, close } = await openTestLedger(clock);
  onTestFinished(close);
  const [tool] = reminderTools({ ledger, clock, timeZone: () => "Europe/Berlin" });
  if (tool === undefined) throw new Error("no tool");
  const context = { ...contextOf(new AbortController().signal), agent: "kronos" };
  const sources = [{ label: "owner" as const, from: "you" }];
  return {
    ledger,
    call: async (input: object, chat = "room:main/plans"): Promise<string> => {
      const result = await tool.run(tool.input.parse(input), { ...context, sources, chat });
      return "text" in result ? result.text : "";
    },
    added: async () => (await ledger.jobs.standings()).map(({ name, added }) => [name, readAdded(added ?? "{}")]),
  };
}

test("a reminder is put on the timetable, where it was asked for, and said back with its moment", async () => {
  const { call, added } = await open();
  expect(await call({ when: "tomorrow 9:00", text: "call Mia" })).toBe(
    "Scheduled as call-mia: once, 2026-01-06 09:00 (Europe/Berlin); next 2026-01-06 09:00.",
  );
  expect(await added()).toEqual([
    [
      "call-mia",
      { text: "call Mia", timeZone: "Europe/Berlin", schedule: { at: Date.UTC(2026, 0, 6, 8) }, room: "room:main" },
    ],
  ]);
});

test("something to do later is done by this agent, with the authority of whoever asked", async () => {
  const { call, added } = await open();
  await call({ when: "every friday 16:00", text: "sum up the week", act: true, zone: "UTC" });
  expect((await added())[0]?.[1]).toMatchObject({ agent: "kronos", sources: [{ label: "owner", from: "you" }] });
});

test("what is said in private does not get into the timetable, which speaks in the group", async () => {
  const { call, added } = await open();
  expect(await call({ when: "in 20 minutes", text: "take the pills" }, "telegram.42")).toMatch(
    /^Not scheduled: .* private chat/,
  );
  expect(await added()).toEqual([]);
});

test("the same words twice get two names; nonsense is refused with an example", async () => {
  const { call, added } = await open();
  for (let n = 0; n < 2; n++) await call({ when: "in 20 minutes", text: "stretch" });
  expect((await added()).map(([name]) => name)).toEqual(["stretch", "stretch-2"]);
  expect(await call({ when: "when pigs fly", text: "x" })).toMatch(/^Not scheduled: begin with when/);
  expect(await call({ when: "yesterday 9:00", text: "x" })).toMatch(/^Not scheduled/);
  expect(await call({ when: "2020-01-01 9:00", text: "x" })).toMatch(/^Not scheduled: it never comes/);
  expect(await call({ when: "in 5 minutes", text: "x", zone: "Mars/Base" })).toMatch(/no time zone/);
});
