/** On a busy machine a client is late by some hundred milliseconds, which the suite itself calls acceptable. */
const PASSED = /OVERALL: PASSED|, 0 failed, 1 warnings[\s\S]*reconnected slightly late/;

/** The public suite for MCP clients, run against our gateway: every scenario of the released versions of the protocol. */
import { execFile, execFileSync } from "node:child_process";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";

const run = promisify(execFile);
const suite = createRequire(import.meta.url).resolve("@modelcontextprotocol/conformance/dist/index.js");
const client = fileURLToPath(new URL("./conformance-client.ts", import.meta.url));

/** By the suite's own list; drafts and extensions are no part of a released version. */
const listed = execFileSync(process.execPath, [suite, "list"], { encoding: "utf8" }).split("Client scenarios")[1] ?? "";
const scenarios = [...listed.matchAll(/^ {2}- (\S+) \[\d{4}-\d\d-\d\d.*\]$/gm)].map(([, name = ""]) => name);

test("there are twenty client scenarios", () => expect(scenarios.length).toBeGreaterThanOrEqual(20));

describe.concurrent("the gateway passes", () => {
  test.for(scenarios)("%s", async (scenario, { expect: expectHere }) => {
    const args = [
      "client",
      "--command",
      `${process.execPath} ${client}`,
      "--scenario",
      scenario,
      "--timeout",
      "100000",
    ];
    const env = { PATH: process.env["PATH"], NODE_NO_WARNINGS: "1" };
    const { stdout, stderr } = await run(process.execPath, [suite, ...args], { env }).catch(
      (failed: { stdout: string; stderr: string }) => failed,
    );
    expectHere(`${stdout}\n${stderr}`).toMatch(PASSED);
  });
});
