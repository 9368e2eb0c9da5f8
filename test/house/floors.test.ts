/** The floors hold: a small house in which every rule is broken once, and what the rules say about it. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { root } from "./tree.ts";

/** Rule → the import that breaks it, as [file, what it says]. */
const breaches: Record<string, [string, string]> = {
  "floor-0-base": ["shared/base/upwards.ts", 'import "../ledger/index.ts";'],
  "floor-2-ledger": ["shared/ledger/sideways.ts", 'import "../audit/index.ts";'],
  "floor-3-routing": ["shared/routing/upwards.ts", 'import "../agent/index.ts";'],
  "known-module": ["shared/cellar/index.ts", 'import "../base/index.ts";'],
  "front-door": ["agents/window.ts", 'import "../shared/ledger/claims.ts";'],
  "engine-is-pure": ["shared/engine/machine.ts", 'import "node:fs";'],
  "engine-knows-zod-as-a-type": ["shared/engine/schema.ts", 'import { z } from "zod"; z;'],
  "explain-only-reads": ["shared/explain/thinking.ts", 'import "../llm/index.ts";'],
  "shared-knows-no-process": ["shared/llm/process.ts", 'import "../../supervisor/main.ts";'],
  "dashboard-only-looks": ["dashboard/thinking.ts", 'import "../shared/routing/index.ts";'],
  "supervisor-does-not-think": ["supervisor/thinking.ts", 'import "../shared/agent/index.ts";'],
  "agent-process-stands-alone": ["agents/beside.ts", 'import "../dashboard/app.ts";'],
  "pm2-is-a-program": ["cli/pm2.ts", 'import "pm2";'],
  "no-test-code-in-production": ["cli/testing.ts", 'import "../test/double.ts";'],
  "no-development-package-in-production": ["cli/developing.ts", 'import "tool";'],
  resolvable: ["cli/nowhere.ts", 'import "./nowhere-at-all.ts";'],
  "no-circles": ["shared/audit/circle.ts", 'import type { Round } from "./round.ts"; export type Circle = Round;'],
  "no-orphans": ["shared/config/orphan.ts", "export const alone = 1;"],
};

/** What the rules allow, so that a rule which forbids everything is noticed. */
const allowed: Record<string, string> = {
  "shared/audit/round.ts": 'import type { Circle } from "./circle.ts"; export type Round = Circle;',
  "shared/base/index.ts": "export const base = 1;",
  "shared/audit/index.ts": 'import "../base/index.ts"; import "../sqlite/index.ts";',
  "shared/sqlite/index.ts": 'import "node:fs"; import "../base/index.ts";',
  "shared/ledger/index.ts": 'import "./claims.ts";',
  "shared/ledger/claims.ts": 'import "../sqlite/index.ts"; import "../engine/index.ts";',
  "shared/engine/index.ts": 'import type { z } from "zod"; export type Schema = z; import "../base/index.ts";',
  "shared/routing/index.ts": 'import "../ledger/index.ts";',
  "shared/agent/index.ts": 'import "../routing/index.ts"; import "../ledger/index.ts";',
  "shared/explain/index.ts": 'import "../routing/index.ts"; import "../ledger/index.ts";',
  "agents/main.ts": 'import "../shared/agent/index.ts";',
  "dashboard/app.ts": 'import "../shared/ledger/index.ts"; import "../shared/explain/index.ts";',
  "supervisor/main.ts": 'import "../dashboard/app.ts"; import "../shared/ledger/index.ts";',
  "cli/main.ts": 'import "../agents/main.ts"; import "../supervisor/main.ts"; import "zod";',
  "test/double.ts": 'import "../shared/ledger/claims.ts"; import "tool";',
};

const house = mkdtempSync(join(tmpdir(), "kaos-floors-"));
afterAll(() => rmSync(house, { recursive: true, force: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(house, path)), { recursive: true });
  writeFileSync(join(house, path), text);
}

type Violation = { from: string; rule: { name: string } };

function violations(): Violation[] {
  const program = join(root, "node_modules/dependency-cruiser/bin/dependency-cruiser.mjs");
  const folders = ["agents", "shared", "supervisor", "dashboard", "cli", "test"];
  const args = [program, ...folders, "--config", join(root, ".dependency-cruiser.cjs"), "--output-type", "json"];
  const output = execFileSync(process.execPath, args, { cwd: house, encoding: "utf8", maxBuffer: 64 * 1024 * 1024 });
  return (JSON.parse(output) as { summary: { violations: Violation[] } }).summary.violations;
}

test("every kind of rule catches its breach, and lets pass what is right", () => {
  write("tsconfig.json", "{}");
  write(
    "package.json",
    JSON.stringify({ type: "module", dependencies: { zod: "1", pm2: "1" }, devDependencies: { tool: "1" } }),
  );
  for (const name of ["zod", "pm2", "tool"]) {
    write(`node_modules/${name}/package.json`, JSON.stringify({ name, version: "1.0.0", main: "index.js" }));
    write(`node_modules/${name}/index.js`, "export const z = 1;");
  }
  for (const [path, text] of [...Object.values(breaches), ...Object.entries(allowed)]) write(path, text);

  const found = violations().map(({ from, rule }) => `${rule.name}: ${from}`);
  expect(found).toEqual(expect.arrayContaining(Object.entries(breaches).map(([rule, [path]]) => `${rule}: ${path}`)));
  const innocent = Object.keys(allowed).filter((path) => path !== "shared/audit/round.ts");
  expect(found.filter((line) => innocent.some((path) => line.endsWith(`: ${path}`)))).toEqual([]);
});

test("no rule is without its breach here", () => {
  const { forbidden } = createRequire(import.meta.url)(join(root, ".dependency-cruiser.cjs")) as {
    forbidden: { name: string; comment: string }[];
  };
  const kinds = forbidden.map(({ name }) => name).filter((name) => !name.startsWith("floor-"));
  expect(kinds.filter((name) => !(name in breaches))).toEqual([]);
  expect(forbidden.filter(({ comment }) => comment.length < 40)).toEqual([]);
});
