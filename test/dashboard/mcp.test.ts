/** What a person does with MCP servers in the control room: tries one, adds one after seeing its tools, removes it; or learns which gate is closed. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { everything, rude } from "../shared/mcp/parts.ts";
import { arrive, member, openTestHome, type TestHome } from "./home.ts";
import { configureServers } from "./work.ts";

let home: TestHome | undefined;
afterEach(async () => {
  await home?.close();
  home = undefined;
});

const words = ["node", ...everything.args];
const OPEN = { ENABLE_MCP_GATEWAY_MANAGEMENT: "true" };

async function visit(raw: Record<string, string> = {}) {
  home = await openTestHome({ raw });
  await arrive(home.ledger);
  const person = await member(home);
  const post = async (path: string, form: Record<string, string>) => {
    const response = await person.post(path, { csrf: person.csrf, ...form }, { "hx-request": "true" });
    return { status: response.status, page: await response.text() };
  };
  return { home, person, post, page: async () => (await person.get("/mcp")).text() };
}

describe("while the gate is closed", () => {
  test("the page shows gate and variable and no form; each action is refused with both, and nothing is written", async () => {
    const { home: opened, post, page } = await visit();
    const sentence =
      "The gate mcp-management is closed (ENABLE_MCP_GATEWAY_MANAGEMENT is not set); ENABLE_MCP_GATEWAY_MANAGEMENT=true opens it.";
    const shown = await page();
    expect(shown).toContain(sentence);
    expect(shown).not.toContain('action="/mcp/trials"');
    for (const [path, form] of [
      ["/mcp/trials", { name: "every", words: words.join("\n") }],
      ["/mcp/additions", { name: "every", words: words.join("\n"), fingerprint: "0".repeat(32) }],
      ["/mcp/removals", { name: "every" }],
    ] as const) {
      const refused = await post(path, form);
      expect(refused).toMatchObject({ status: 422, page: expect.stringContaining(sentence) });
    }
    expect(existsSync(opened.files.mcpAdded)).toBe(false);
    expect(existsSync(opened.files.mcp)).toBe(false);
  });

  test("a change needs the token of the form", async () => {
    const { person } = await visit(OPEN);
    expect((await person.post("/mcp/additions", { name: "every" })).status).toBe(403);
  });
});

test("a server of mcp.json is tried now: its tools, or why it is broken", async () => {
  const { home: opened, post } = await visit();
  configureServers(opened.files, { good: rude(""), broken: { command: "no-such-program" } });
  expect(await post("/mcp/probes", { name: "good" })).toMatchObject({
    status: 200,
    page: expect.stringMatching(/ok<.*good.*offers 2 tools[\s\S]*>echo</),
  });
  expect((await post("/mcp/probes", { name: "broken" })).page).toMatch(/broken<.*could not be started/);
  expect(await post("/mcp/probes", { name: "--help" })).toMatchObject({ status: 422 });
});

test("one is added after its tools were seen, and removed again", { timeout: 120_000 }, async () => {
  const { home: opened, post, page } = await visit(OPEN);
  // The command line reads the gate for itself.
  process.env["ENABLE_MCP_GATEWAY_MANAGEMENT"] = "true";
  try {
    const form = { name: "every", words: words.join("\r\n") };
    const tried = await post("/mcp/trials", form);
    expect(tried).toMatchObject({ status: 200, page: expect.stringContaining("Echoes back the input") });
    expect(existsSync(opened.files.mcpAdded)).toBe(false);
    const fingerprint = /name="fingerprint" value="([0-9a-f]{32})"/.exec(tried.page)?.[1] ?? "";

    expect(await post("/mcp/additions", { ...form, fingerprint: "" })).toMatchObject({ status: 422 });
    expect((await post("/mcp/additions", { ...form, fingerprint: "0".repeat(32) })).page).toContain(
      "are others than those",
    );
    const kept = await post("/mcp/additions", { ...form, fingerprint });
    expect(kept).toMatchObject({
      status: 200,
      page: expect.stringContaining("The gate dynamic-mcp-servers is closed"),
    });
    expect(JSON.parse(readFileSync(join(opened.files.mcpAdded, "every.json"), "utf8"))).toMatchObject({
      by: "you",
      entry: { command: "node", args: everything.args },
      pinned: { echo: expect.any(String) },
    });
    expect(await page()).toMatch(/added by[\s\S]*you, while agents were running/);
    expect((await post("/mcp/trials", form)).page).toContain("already");
    expect((await post("/mcp/trials", { name: "Bad", words: "x" })).page).toContain("small letters");
    expect((await post("/mcp/trials", { name: "none", words: "" })).page).toContain("fill in one of the two");

    expect(await post("/mcp/removals", { name: "every" })).toMatchObject({ status: 200 });
    expect(existsSync(join(opened.files.mcpAdded, "every.json"))).toBe(false);
    expect(await post("/mcp/removals", { name: "../mcp" })).toMatchObject({ status: 422 });
  } finally {
    delete process.env["ENABLE_MCP_GATEWAY_MANAGEMENT"];
  }
});

test("what was added and cannot be read is named, and the page lives", async () => {
  const { home: opened, page } = await visit();
  mkdirSync(opened.files.mcpAdded);
  writeFileSync(join(opened.files.mcpAdded, "odd.json"), "{");
  expect(await page()).toContain("The server odd, which was added while running, cannot be used: it is damaged");
});
