/** The two tools by which a model reads its skills. */
import { expect, test } from "vitest";
import { skillTools } from "../../shared/tools/index.ts";
import { agentPlace, bundle, skillText } from "../shared/skills/parts.ts";

const context = {
  agent: "nexus",
  turnId: "t",
  callId: "c",
  effectKey: "e",
  sources: [],
  said: [],
  saidNow: [],
  seen: [],
  signal: new AbortController().signal,
};

function tools() {
  const place = agentPlace();
  const files = {
    "SKILL.md": skillText("tea", { body: "Warm the pot.\n".repeat(3_000) }),
    "references/leaves.md": "Two grams.",
  };
  place.shelf.put(bundle("tea", files), { state: "active", findings: [], force: false, because: "test" });
  const all = new Map(skillTools(place.skills).map((tool) => [tool.name, tool]));
  return async (name: string, input: unknown) => {
    const tool = all.get(name);
    if (tool === undefined) throw new Error(`${name} is a tool`);
    const result = await tool.run(tool.input.parse(input), context);
    return "text" in result ? result.text : "";
  };
}

test("load-skill brings the protocol, and says how to read on", async () => {
  const call = tools();
  const text = await call("load-skill", { name: "tea" });
  expect(text).toMatch(/^Warm the pot\./u);
  expect(text).toContain("(Part 1 of 3. Ask for part 2 to read on.)");
  expect(await call("load-skill", { name: "tea", part: 3 })).toContain("references/leaves.md");
});

test("load-skill-reference brings the file; what is not there is told with what is", async () => {
  const call = tools();
  expect(await call("load-skill-reference", { skill: "tea", file: "references/leaves.md" })).toBe("Two grams.");
  expect(await call("load-skill-reference", { skill: "tea", file: "../SKILL.md" })).toContain(
    "It has: references/leaves.md.",
  );
  expect(await call("load-skill", { name: "coffee" })).toBe('There is no skill "coffee". You have: tea.');
});

test("list-skills tells what each is for, and no draft", async () => {
  const place = agentPlace();
  const how = { state: "active", findings: [], force: false, because: "test" } as const;
  place.shelf.put(bundle("tea", { "SKILL.md": skillText("tea", { description: "Brew tea" }) }), how);
  place.shelf.put(bundle("odd", { "SKILL.md": skillText("odd") }), { ...how, state: "draft" });
  const [list] = skillTools(place.skills);
  expect(await list?.run({}, context as never)).toEqual({ text: "tea: Brew tea" });
});
