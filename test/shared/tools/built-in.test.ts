import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { z } from "zod";
import { builtInTools } from "../../../shared/tools/index.ts";

const NOON = Date.UTC(2025, 6, 1, 12, 0, 0);
const clock = { now: () => NOON, sleep: () => Promise.reject(new Error("no tool here waits")) };
const tools = builtInTools({ clock });
const context = { agent: "kronos", turnId: "t", callId: "c", signal: new AbortController().signal };

function tool(name: string) {
  const found = tools.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no tool ${name}`);
  return found;
}

test("every file here is a tool of that name, and every tool can be shown to a model", () => {
  const files = readdirSync(new URL("../../../shared/tools/", import.meta.url)).filter(
    (file) => file.endsWith(".ts") && file !== "index.ts",
  );
  expect(tools.map(({ name }) => `${name}.ts`)).toEqual(files.sort());
  for (const { name, description, input } of tools) {
    expect(name).toMatch(/^[a-z]+(?:-[a-z]+)*$/);
    expect(description.length).toBeGreaterThan(20);
    expect(z.toJSONSchema(input, { io: "input" })).toMatchObject({ type: "object" });
  }
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
