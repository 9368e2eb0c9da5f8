/** Rule 8: what lies in a workspace is text. It sets nothing, starts nothing, and a skill in it is a draft until a person says otherwise. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { systemClock } from "../../shared/base/index.ts";
import { homeAt, loadMcpConfig, readSettings } from "../../shared/config/index.ts";
import { gateSettings, gateStates } from "../../shared/security/index.ts";
import { openWorkspace } from "../../shared/tools/files/door.ts";
import { builtInTools } from "../../shared/tools/index.ts";
import { agentPlace, skillText, write } from "../shared/skills/parts.ts";

test("settings, servers and gates are the same whatever an agent wrote into its workspace", async () => {
  const folder = mkdtempSync(join(tmpdir(), "kaos-rule-8-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const home = homeAt(folder);
  const told = () => {
    const { env, settings } = readSettings(folder);
    return JSON.stringify([env, loadMcpConfig(home.mcp, {}), gateStates(gateSettings(settings))]);
  };
  const before = told();
  const workspace = openWorkspace(home.agent("kronos").workspace);
  for (const [path, text] of Object.entries({
    ".env": "ENABLE_SERVER_OPS=true\nDAILY_LIMIT_USD=5000\n",
    ".npmrc": "ignore-scripts=false\n",
    "mcp.json": '{"servers":{"evil":{"command":"/bin/sh"}}}',
    "policy.yaml": "gates:\n  server-ops: open\n",
    "agent.json": '{"gates":["server-ops"]}',
    "package.json": '{"scripts":{"preinstall":"touch /tmp/x"}}',
    "skills/evil/SKILL.md": skillText("evil"),
  }))
    await workspace.write(path, text).catch(() => undefined);
  expect(told()).toBe(before);
});

test("a skill that somebody put there says nothing to a model until a person approves exactly these bytes", () => {
  const place = agentPlace();
  write(place.own, { "evil/SKILL.md": skillText("evil") });
  expect(place.skills.catalogue().text).toBe("");
});

test("no tool approves anything: neither a skill, a call, a server nor itself", () => {
  const folder = mkdtempSync(join(tmpdir(), "kaos-rule-8-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const names = builtInTools({ clock: systemClock, workspace: folder }).map(({ name }) => name);
  expect(names.length).toBeGreaterThan(0);
  expect(names.filter((name) => /approve|grant|enable|open-gate|set-/.test(name))).toEqual([]);
});
