/** `kaos policy report`, `kaos config` and `kaos audit verify` as a person runs them, on a clone and a home of their own. */
import { spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { openAudit } from "../../shared/audit/index.ts";
import { systemClock } from "../../shared/base/index.ts";
import { homeAt, programRoot } from "../../shared/config/index.ts";
import { openLedger } from "../../shared/ledger/index.ts";
import { toolContext } from "../doubles/tool-context.ts";
import type { Options } from "./kaos.ts";
import { runInKept } from "./kept.ts";

let clone: string;
let home: string;
beforeAll(() => {
  clone = mkdtempSync(join(tmpdir(), "kaos-clone-"));
  cpSync(join(programRoot(), "dist"), join(clone, "dist"), { recursive: true });
  for (const file of ["package.json", "tsconfig.build.json"]) cpSync(join(programRoot(), file), join(clone, file));
  for (const folder of ["node_modules", "agents", "skills"])
    symlinkSync(join(programRoot(), folder), join(clone, folder));
  return () => rmSync(clone, { recursive: true });
});
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "kaos-home-"));
  onTestFinished(() => {
    rmSync(home, { recursive: true });
    rmSync(join(clone, ".env"), { force: true });
  });
});

/** The clone's own program, in a process that is kept. */
const kaos = (words: readonly string[], { env = {}, input = "" }: Options = {}) =>
  runInKept({
    program: join(clone, "dist/cli/main.js"),
    words: ["--home", home, ...words],
    env: { PATH: process.env["PATH"] ?? "", HOME: home, ...env },
    input,
  });
const dotEnv = () => readFileSync(join(clone, ".env"), "utf8");

describe("kaos policy report", () => {
  test("prints every value with its source, and no secret", async () => {
    writeFileSync(join(home, "policy.yaml"), "gates:\n  server-ops: open\nbudgets:\n  day-usd: 2\n");
    writeFileSync(join(clone, ".env"), "DEEPSEEK_API_KEY=sk-top-secret\nSWARM_PACE=0.5\n");
    const env = { ENABLE_SERVER_OPS: "false", KAOS_API_KEYS: "phone:a-secret-of-this-test-only" };
    const { stdout, code } = await kaos(["policy", "report"], { env });
    expect(code).toBe(0);
    expect(stdout).toMatch(/server-ops +closed +the environment sets ENABLE_SERVER_OPS=false/);
    expect(stdout).toMatch(/DAILY_LIMIT_USD +2 +policy\.yaml, line 4/);
    expect(stdout).toMatch(/SWARM_PACE +0\.5 +\.env/);
    expect(stdout).toMatch(/SESSION_LIMIT_USD +1 +the default/);
    expect(stdout).toMatch(/ENABLE_SERVER_OPS +false +the environment +not true of policy\.yaml, line 2/);
    expect(stdout).toMatch(/DEEPSEEK_API_KEY +set/);
    expect(stdout).not.toMatch(/sk-top-secret|of-this-test/);
    const report = JSON.parse((await kaos(["policy", "report", "--set", "--json"], { env })).stdout);
    expect(report.gates).toContainEqual(expect.objectContaining({ name: "server-ops", open: false }));
    expect(report.settings.map(({ name }: { name: string }) => name).toSorted()).toEqual([
      "DAILY_LIMIT_USD",
      "DEEPSEEK_API_KEY",
      "ENABLE_SERVER_OPS",
      "KAOS_API_KEYS",
      "SWARM_PACE",
    ]);
  });

  test("a policy with a mistake stops every start with its line and the next step", async () => {
    writeFileSync(join(home, "policy.yaml"), "budgets:\n  day-us: 2\n");
    for (const words of [["policy", "report"], ["status"], ["up"]]) {
      const { stderr, code } = await kaos(words);
      expect([code, stderr]).toEqual([
        1,
        `✗ ${join(home, "policy.yaml")}, line 2: "day-us" is no setting of "budgets". Did you mean "day-usd"?\n`,
      ]);
    }
    for (const main of ["supervisor/main.js", "agents/main.js"]) {
      const run = spawnSync(process.execPath, [join(clone, "dist", main), "nexus"], {
        encoding: "utf8",
        env: { PATH: process.env["PATH"] ?? "", KAOS_HOME: home },
      });
      expect(run.status).toBe(1);
      expect(run.stdout + run.stderr).toContain('\\"day-us\\" is no setting');
    }
    expect(existsSync(join(home, "swarm.db"))).toBe(false);
  });
});

describe("kaos config", () => {
  test("writes one line, keeps the others, and the file is its owner's", async () => {
    writeFileSync(join(clone, ".env"), "# mine\nDAILY_LIMIT_USD=3 # enough\n\nSWARM_PACE=1\n", { mode: 0o644 });
    expect(await kaos(["config", "get", "daily_limit_usd"])).toMatchObject({ stdout: "3\n", code: 0 });
    const set = await kaos(["config", "set", "DAILY_LIMIT_USD", "4.5"]);
    expect([set.code, set.stdout]).toEqual([0, ""]);
    expect(set.stderr).toMatch(/^It is written down in .*\.env, and counts from the next start: .* restart\.\n$/);
    await kaos(["config", "set", "DEEPSEEK_API_KEY", "-"], { input: "sk-a b'c\n" });
    await kaos(["config", "unset", "SWARM_PACE"]);
    expect(dotEnv()).toBe('# mine\nDAILY_LIMIT_USD=4.5\n\nDEEPSEEK_API_KEY="sk-a b\'c"\n');
    expect(statSync(join(clone, ".env")).mode & 0o777).toBe(0o600);
    expect(await kaos(["config", "get", "DEEPSEEK_API_KEY"])).toMatchObject({ stdout: "set\n" });
    expect(JSON.parse((await kaos(["config", "get", "DAILY_LIMIT_USD", "--json"])).stdout)).toMatchObject({
      value: "4.5",
      source: ".env",
    });
  });

  test("refuses what a start would refuse, with the same sentence, and names nobody reads", async () => {
    writeFileSync(join(clone, ".env"), "SWARM_PACE=1\n");
    const bad = await kaos(["config", "set", "SWARM_PACE", "fast"]);
    const start = await kaos(["status"], { env: { SWARM_PACE: "fast" } });
    expect([bad.code, start.code]).toEqual([2, 1]);
    expect(bad.stderr).toBe(start.stderr);
    expect(await kaos(["config", "set", "SWARM_PAGE", "1"])).toMatchObject({
      code: 2,
      stderr: "✗ Nothing here reads a variable SWARM_PAGE. Did you mean SWARM_PACE?\n",
    });
    expect((await kaos(["config", "set", "KAOS_API_KEYS", "me:short"])).stderr).not.toContain("short");
    expect((await kaos(["config", "set", "SWARM_PACE", "<pace>"])).code).toBe(2);
    expect((await kaos(["config", "set", "PATH", "/tmp"])).code).toBe(2);
    expect(dotEnv()).toBe("SWARM_PACE=1\n");
  });

  test("says so when the environment wins", async () => {
    const { stderr } = await kaos(["config", "set", "LOG_LEVEL", "debug"], { env: { LOG_LEVEL: "error" } });
    expect(stderr).toContain("The environment sets LOG_LEVEL too, and wins over it.");
  });
});

test("kaos audit verify holds the log against the ledger: a log that is gone, with its index, is named", async () => {
  const files = homeAt(home);
  const log = files.agent("nexus").audit;
  const ledger = await openLedger({ path: files.ledger, clock: systemClock });
  mkdirSync(dirname(log), { recursive: true });
  const audit = openAudit({ path: log, agent: "nexus", clock: systemClock, redact: (value) => value });
  for (const id of ["a", "b"])
    await audit.intent({ id, tool: "look", arguments: "{}" }, undefined, { allow: true }, toolContext({ callId: id }));
  await ledger.auditHeads.note("nexus", { ...(await audit.checkpoint()), occasion: "hour" });
  audit.close();
  ledger.close();
  expect((await kaos(["audit", "verify"])).stdout).toMatch(/✓ nexus {2}2 lines, 1 written down in the ledger \(/);
  rmSync(dirname(log), { recursive: true });
  const gone = await kaos(["audit", "verify"]);
  expect(gone.code).toBe(1);
  expect(gone.stdout).toMatch(/✗ nexus {2}tool_calls\.jsonl: the whole log is gone: number 2 was written/);
  expect(gone.stderr).toContain("The log of nexus is not as it was written.");
});
