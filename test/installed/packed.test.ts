/** What a package from a registry is: everything that is needed, and nothing that is written beside the code. */
import { execFileSync } from "node:child_process";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { extract } from "tar";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { programRoot } from "../../shared/config/index.ts";
import { type Installed, install } from "./installed.ts";

let here: Installed;
let before: string[];

beforeAll(async () => {
  here = await install(unpack);
  before = filesIn(here.program);
});

afterAll(() => here.remove());

async function unpack(program: string, folder: string): Promise<void> {
  // Not its scripts: the build is there, and the one that packs waits for it.
  const said = execFileSync("npm", ["pack", "--ignore-scripts", "--json", "--pack-destination", folder], {
    cwd: programRoot(),
    encoding: "utf8",
  });
  const [{ filename = "" } = {}] = JSON.parse(said) as { filename: string }[];
  await extract({ file: join(folder, filename), cwd: program, strip: 1 });
}

function filesIn(place: string): string[] {
  return readdirSync(place, { recursive: true, encoding: "utf8" })
    .filter((name) => statSync(join(place, name)).isFile())
    .toSorted();
}

const kaos = (...words: string[]) => here.run(words);
const look = (...words: string[]) => here.runKept(words);

test("it holds no sources, tests or benchmarks that nobody can run from there", () => {
  expect(before.filter((name) => /^(test|shared|docs\/decisions)\//.test(name) || /(?<!\.d)\.ts$/.test(name))).toEqual(
    [],
  );
  expect(before).toContain(join("agents", "COMMON.md"));
  expect(before).toContain(join("skills", "research", "research-brief", "SKILL.md"));
});

test("an agent of one's own is made, answers and stands in the person's folder", async () => {
  const made = await kaos("init", "atlas", "--template", "research-agent", "--provider", "offline", "--yes", "--json");
  expect(made.stderr).not.toContain("✗");
  expect(JSON.parse(made.stdout)).toMatchObject({
    agent: "atlas",
    wrote: [],
    job: null,
    by: "offline",
    answer: expect.stringMatching(/\w/),
  });
  expect(readdirSync(join(here.user, ".kaos", "personas"))).toContain("atlas");
  const asked = await kaos("chat", "--agent", "atlas", "-p", "What is 15% of 80?");
  expect(asked.stdout).toContain("12");
});

test("templates, skills and the doctor find what belongs to them", async () => {
  expect((await kaos("templates", "list", "--json")).stdout).toContain("ops-assistant");
  expect((await look("skills", "packs", "--json")).stdout).toContain("finance-lite");
  const doctor = await look("doctor", "--offline", "--json");
  expect(doctor.stdout).not.toContain('"state": "blocker"');
  expect(doctor.code).not.toBe(1);
});

test("the swarm starts, opens its control room and stops", async () => {
  const up = await kaos("up", "atlas", "--json");
  expect(up.stderr).toBe("");
  onTestFinished(async () => void (await kaos("down")));
  const { login } = JSON.parse(up.stdout) as { login: string };
  const page = await (await fetch(login)).text();
  const [style = ""] = /\/assets\/style[^"]+/.exec(page) ?? [];
  expect((await fetch(new URL(style, login))).status).toBe(200);
  expect((await look("dashboard", "--json")).code).toBe(0);
  expect((await kaos("down")).code).toBe(0);
});

test("the story comes true and can be looked at; a seeded home has something to show", async () => {
  const demo = await kaos("demo", "--json");
  const { chapters } = JSON.parse(demo.stdout) as { chapters: Record<string, boolean> };
  expect(Object.values(chapters)).toEqual(Object.values(chapters).map(() => true));
  expect(demo.code).toBe(0);
  const left = join(here.user, ".kaos", "demo");
  expect((await look("--home", left, "audit", "verify")).code).toBe(0);
  expect((await look("demo-seed", "--reset", "--json")).code).toBe(0);
  expect((await look("--home", left, "swarm", "report")).stdout).toContain("Replies");
});

test("nothing was written beside the code", () => {
  expect(filesIn(here.program)).toEqual(before);
});
