/** The templates: complete, different, and installing one makes an agent that the loader accepts. */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { canBeAgent, installTemplate } from "../../cli/templates/install-template.ts";
import { readTemplates, type Template } from "../../cli/templates/template.ts";
import { systemPromptOf } from "../../shared/agent/context.ts";
import { silentLog, systemClock } from "../../shared/base/index.ts";
import { loadAgent, loadRoster, programRoot } from "../../shared/config/index.ts";
import { createModels } from "../../shared/llm/index.ts";
import { gates } from "../../shared/security/index.ts";
import { createSkills, readPacks } from "../../shared/skills/index.ts";

const agentsFolder = join(programRoot(), "agents");
const templates = readTemplates(join(agentsFolder, "templates"));
const packs = join(programRoot(), "skills");
const skills = readPacks(packs).flatMap((pack) => pack.skills.map(({ directory }) => directory));

/** The twelve shared jobs. */
const JOBS =
  "heartbeat news-monitor group-digest sleep-compute self-improve expense-digest skill-improve user-model market-review people-scout email-expenses swarm-retention".split(
    " ",
  );

/** The agents of this program in a folder of their own. */
function place() {
  const home = mkdtempSync(join(tmpdir(), "kaos-templates-"));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  const agents = join(home, "agents");
  cpSync(agentsFolder, agents, { recursive: true, filter: (path) => !path.endsWith(".ts") });
  const clock = { now: () => Date.UTC(2026, 2, 3), sleep: () => Promise.reject(new Error("nothing here waits")) };
  return { agents, keep: join(home, "replaced"), clock };
}

function templateOf(name: string): Template {
  const found = templates.find((template) => template.name === name);
  if (found === undefined) throw new Error(`${name} is there`);
  return found;
}

test("the five that were promised", () => {
  expect(templates.map(({ name }) => name)).toEqual([
    "analyst-reporter",
    "founder-strategy",
    "ops-assistant",
    "personal-operator",
    "research-agent",
  ]);
});

test("each differs from each in all that makes an agent", () => {
  const parts: ((template: Template) => unknown)[] = [
    ({ files }) => files["IDENTITY.md"],
    ({ files }) => files["VOICE.md"],
    ({ files }) => files["DUTIES.md"],
    ({ agent }) => agent.role,
    ({ agent }) => agent.skills,
    ({ agent }) => agent.jobs,
    ({ memories }) => memories,
    ({ prompts }) => prompts,
  ];
  for (const part of parts)
    expect(new Set(templates.map((template) => JSON.stringify(part(template)))).size).toBe(templates.length);
});

describe.each(templates.map((template) => [template.name, template] as const))("%s", (name, template) => {
  test("lists only skills, jobs and gates that there are, and names its skills in its duties", () => {
    for (const skill of template.agent.skills) expect(skills, skill).toContain(skill);
    for (const job of template.agent.jobs) expect(JOBS, job).toContain(job);
    for (const gate of template.agent.gates) expect(gates.map((one) => one.name as string)).toContain(gate);
    const named = [...template.files["DUTIES.md"].matchAll(/`([a-z]+-[a-z]+)`/gu)].map(([, skill]) => skill);
    expect(named.length).toBeGreaterThan(2);
    for (const skill of named) expect(template.agent.skills).toContain(skill);
  });

  test("a new agent of it loads, has its skills in the catalogue, and no placeholder is left", () => {
    const where = place();
    const { agent, replaced } = installTemplate(template, "atlas", where, { force: false });
    expect(replaced).toBeUndefined();
    expect(loadRoster(where.agents).agents.map((one) => one.name)).toContain("atlas");
    expect(agent.identity).toContain("# Atlas");
    expect(JSON.stringify(agent)).not.toMatch(/\{\w+\}/u);
    const own = { own: join(where.keep, "skills"), lock: join(where.keep, "lock"), packs, listed: agent.skills };
    const catalogue = createSkills(own).catalogue();
    expect(catalogue.shown.map((one) => one.name)).toEqual(template.agent.skills.toSorted());
    expect(name).toBe(template.name);
  });
});

test("an agent that is there keeps who it is to others, and its old files", () => {
  const where = place();
  const before = loadAgent(join(where.agents, "keystone"));
  const ops = templateOf("ops-assistant");
  expect(() => installTemplate(ops, "keystone", where, { force: false })).toThrow("--force");
  const { agent, replaced } = installTemplate(ops, "keystone", where, { force: true });
  expect(agent).toMatchObject({
    aliases: before.aliases,
    owns: before.owns,
    account: before.account,
    models: before.models,
    escalatesTo: before.escalatesTo,
  });
  expect(agent).toMatchObject({ role: ops.agent.role, skills: ops.agent.skills, gates: ["server-ops"] });
  expect(agent.identity).not.toBe(before.identity);
  expect(readFileSync(join(replaced ?? "", "IDENTITY.md"), "utf8").trim()).toBe(before.identity);
  loadRoster(where.agents);
});

test.each(["../evil", "Atlas", "a", "templates", "x".repeat(40), "", "a/b"])("no agent can be called %s", (name) => {
  expect(canBeAgent(name)).toBe(false);
});

test("a template that the loader refuses changes nothing", () => {
  const where = place();
  const ops = templateOf("ops-assistant");
  const broken = { ...ops, agent: { ...ops.agent, role: "x".repeat(200) } };
  const before = loadAgent(join(where.agents, "keystone"));
  expect(() => installTemplate(broken, "keystone", where, { force: true })).toThrow('"role"');
  expect(loadAgent(join(where.agents, "keystone"))).toEqual(before);
  expect(readdirSync(where.agents).filter((one) => one.startsWith("."))).toEqual([]);
});

test("installing one changes how the agent works: its prompt, its skills, what it answers, and how it is treated", async () => {
  const settings = { lite: [], standard: [], offlineWordsPerSecond: 0 };
  const { standard } = createModels({
    settings,
    clock: systemClock,
    random: () => 0.5,
    log: silentLog,
  });
  const where = place();
  const works = async (agent: ReturnType<typeof loadAgent>) => {
    const own = { own: join(where.keep, "none"), lock: join(where.keep, "none.lock"), packs, listed: agent.skills };
    const persona = { common: "", identity: agent.identity, voice: agent.voice, duties: agent.duties };
    const prompt = systemPromptOf(agent.name, persona, [], createSkills(own).catalogue().text);
    const entries = [
      { role: "system", text: prompt } as const,
      { role: "user", text: "How shall we go on with the shop?" } as const,
    ];
    const said = await standard.complete(
      { entries, tools: [], tokensMax: 500 },
      { signal: AbortSignal.timeout(150_000) },
    );
    const { skills: listed, slaMinutes, dissent, role } = agent;
    return { prompt, answer: said.kind === "completed" ? said.text : said.because, listed, slaMinutes, dissent, role };
  };
  const before = await works(loadAgent(join(where.agents, "keystone")));
  const after = [];
  for (const template of templates)
    after.push(await works(installTemplate(template, "keystone", where, { force: true }).agent));
  const all = [before, ...after];
  for (const part of ["prompt", "answer", "listed", "role"] as const)
    expect(new Set(all.map((one) => JSON.stringify(one[part]))).size, part).toBe(all.length);
  for (const [at, { agent }] of templates.entries())
    for (const skill of agent.skills) expect(after[at]?.prompt).toContain(`- ${skill}: `);
});
