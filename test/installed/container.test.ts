/** The image as its Dockerfile lays it out: an installed program whose person's folder is the volume, so that everything it writes stays there. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { freePort } from "../../cli/processes/port.ts";
import { systemClock } from "../../shared/base/index.ts";
import { homeAt, programRoot } from "../../shared/config/index.ts";
import { openLedger } from "../../shared/ledger/index.ts";
import { type Installed, install } from "./installed.ts";

const dockerfile = readFileSync(join(programRoot(), "Dockerfile"), "utf8");
const words = (instruction: string): string[] => {
  const [, list = "[]"] = new RegExp(`^${instruction}.*?(\\[.*\\])$`, "m").exec(dockerfile) ?? [];
  return JSON.parse(list) as string[];
};

let here: Installed;
let data: string;
let env: Record<string, string>;
let before: string[];

beforeAll(async () => {
  here = await install();
  symlinkSync(join(programRoot(), "node_modules"), join(here.program, "node_modules"));
  data = join(here.user, "data");
  mkdirSync(data);
  symlinkSync(data, join(here.user, ".kaos"));
  const [, set = ""] = /^ENV (.+)$/m.exec(dockerfile) ?? [];
  const said = set.replaceAll("/data", data).replaceAll("/home/kaos", here.user).split(" ");
  env = {
    PATH: process.env["PATH"] ?? "",
    ...Object.fromEntries(said.map((pair) => pair.split("=") as [string, string])),
    SWARM_PACE: "0.05",
    DASHBOARD_PORT: String(await freePort({ host: "0.0.0.0", port: 0 })),
  };
  before = filesIn(here.program);
});
afterAll(() => here.remove());

const start = ([program = "", ...args]: readonly string[]) =>
  spawn(program === "node" ? process.execPath : program, args, {
    cwd: here.program,
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });

/** As `docker exec` runs it. */
async function exec(...command: string[]) {
  const child = start(command);
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "exit")]);
  return { stdout, stderr, code: code as number };
}
const kaos = (...args: string[]) => exec("node", "cli/kaos.cjs", ...args);

/** Of the program itself: packages lie in the clone that runs this. */
function filesIn(place: string): string[] {
  const parts = readdirSync(place).filter((name) => name !== "node_modules");
  return parts.flatMap((part) => {
    const path = join(place, part);
    if (statSync(path).isFile()) return [part];
    return readdirSync(path, { recursive: true, encoding: "utf8" }).map((name) => join(part, name));
  });
}

test("the image is an installed program: it has no project file, and its person's folder is the volume", () => {
  expect(dockerfile).toMatch(/^RUN .*&& rm tsconfig\.build\.json$/m);
  expect(dockerfile).toContain("ln -s /data /home/kaos/.kaos");
  expect(dockerfile).toContain("ln -s /app/cli/kaos.cjs /usr/local/bin/kaos");
});

test("it starts on an empty volume, is found healthy at its port, and keeps what is written in the volume", async () => {
  const service = start(words("CMD"));
  service.stdout.resume();
  const ended = once(service, "exit");
  const told = text(service.stderr);
  onTestFinished(() => void service.kill("SIGKILL"));
  const ledger = await openLedger({ path: homeAt(data).ledger, clock: systemClock });
  onTestFinished(() => ledger.close());
  const { signal } = new AbortController();
  for (;;) {
    const seen = ledger.changes.version();
    const up = (await ledger.agents.roster()).filter(({ alive }) => alive);
    if ((await ledger.supervisor.state())?.alive && up.length === 6) break;
    expect(service.exitCode, service.exitCode === null ? "it runs" : await told).toBeNull();
    await ledger.changes.past(seen, { signal, atMostMs: 1_000 });
  }
  expect((await exec(...words("HEALTHCHECK"))).code).toBe(0);

  const made = await kaos("init", "atlas", "--template", "research-agent", "--provider", "offline", "--yes", "--json");
  expect(made).toMatchObject({ code: 0 });
  expect(await kaos("templates", "install", "ops-assistant", "ada")).toMatchObject({
    code: 0,
    stdout: expect.stringContaining("ada is an Ops Assistant now"),
  });
  expect(await kaos("config", "set", "RELEVANCE", "own")).toMatchObject({ code: 0 });
  const { login } = JSON.parse((await kaos("dashboard", "--json")).stdout) as { login: string };
  expect((await fetch(login)).status).toBe(200);

  service.kill("SIGTERM");
  await ended;
  expect(readdirSync(join(data, "personas"))).toEqual(expect.arrayContaining(["COMMON.md", "ada", "atlas", "kronos"]));
  expect(readFileSync(join(data, ".env"), "utf8")).toBe("RELEVANCE=own\n");
  expect(filesIn(here.program)).toEqual(before);
});
