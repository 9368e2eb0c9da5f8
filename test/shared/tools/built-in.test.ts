import { readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { builtInTools, colleagueTools } from "../../../shared/tools/index.ts";
import { card, openTestLedger } from "../../doubles/ledger.ts";
import { toolContext } from "../../doubles/tool-context.ts";

const NOON = Date.UTC(2025, 6, 1, 12, 0, 0);
const clock = { now: () => NOON, sleep: () => Promise.reject(new Error("no tool here waits")) };
const tools = builtInTools({ clock, workspace: join(tmpdir(), "never-written") });
const SIX = ["impulse", "keystone", "kronos", "lacuna", "nexus", "resonant"];
const { ledger, close } = await openTestLedger();
afterAll(close);
const context = toolContext();

function tool(name: string) {
  const found = tools.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no tool ${name}`);
  return found;
}

test("each of these tools has a file of its name", () => {
  const here = new URL("../../../shared/tools/", import.meta.url);
  const files = readdirSync(here, { recursive: true, encoding: "utf8" }).map((file) => basename(file));
  const errand = { agent: "kronos", members: SIX.map((name) => card(name)), message: 1, depth: 0, key: "t" };
  const all = [...tools, ...colleagueTools({ ledger, clock }, errand)];
  for (const { name } of all) expect(files).toContain(`${name}.ts`);
  expect(colleagueTools({ ledger, clock }, { ...errand, members: [card("kronos")] })).toEqual([]);
});

test.each([
  [{}, "Tuesday, 2025-07-01 12:00:00 in UTC (GMT+00:00)"],
  [{ timeZone: "Europe/Berlin" }, "Tuesday, 2025-07-01 14:00:00 in Europe/Berlin (GMT+02:00)"],
  [{ timeZone: "Pacific/Kiritimati" }, "Wednesday, 2025-07-02 02:00:00 in Pacific/Kiritimati (GMT+14:00)"],
])("current-time tells the time %o", async (asked, text) => {
  const { input, run } = tool("current-time");
  const result = await run(input.parse(asked), context);
  // Some versions of ICU leave out an offset of zero.
  expect("text" in result && result.text.replace("(GMT)", "(GMT+00:00)")).toBe(text);
});

test("current-time says what a time zone is when it gets none", () => {
  const result = tool("current-time").input.safeParse({ timeZone: "Berlin" });
  expect(result.error?.issues[0]?.message).toBe("not a time zone; use an IANA name such as Europe/Berlin, or UTC");
});

test("pass ends the turn with its reason, and wants one", async () => {
  const { input, run } = tool("pass");
  expect(await run(input.parse({ because: " Nexus said it all. " }), context)).toEqual({
    passed: "Nexus said it all.",
  });
  expect(input.safeParse({ because: "  " }).success).toBe(false);
});
