/** The demos as a newcomer and as CI start them: they tell their story, count it in the ledger, and leave no process behind. */
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, onTestFinished, test } from "vitest";
import { kaos, kaosAlone, newHome, startKaos } from "./kaos.ts";

/** Processes that have this home in their command line or environment: pm2 and the seven. */
function processesOf(home: string): string[] {
  const listed = execFileSync("ps", ["-eo", "pid=,args="], { encoding: "utf8" }).split("\n");
  return listed
    .filter((line) => line.includes(home) || environmentOf(line).includes(`KAOS_HOME=${home}`))
    .filter((line) => !line.includes("ps -eo"));
}

function environmentOf(line: string): string {
  try {
    return readFileSync(`/proc/${line.trim().split(" ")[0]}/environ`, "utf8");
  } catch {
    return "";
  }
}

/** Resolves when this file is there; its folder may not be yet. */
async function untilExists(path: string): Promise<void> {
  const limit = AbortSignal.timeout(120_000);
  while (!existsSync(path)) {
    limit.throwIfAborted();
    await delay(20);
  }
}

describe("kaos demo --swarm", () => {
  test("--once --json tells the story on stderr, prints what came of it, and stops everything", async () => {
    const home = newHome();
    const { stdout, stderr, code } = await kaosAlone(home, ["demo", "--swarm", "--once", "--json"]);
    const result = JSON.parse(stdout.trim().split("\n").at(-1) ?? "");
    expect(result).toMatchObject({ agents: 6, roots: 5, rootsUnanswered: 0, outcomesMissing: 0 });
    expect(result.implicitRepliesMax).toBeLessThanOrEqual(2);
    expect(result.replies).toBeGreaterThanOrEqual(result.roots);
    expect(result.seconds).toBeGreaterThan(result.startSeconds);
    expect(code).toBe(0);

    for (const happened of [
      / judges /,
      / bids /,
      / writes /,
      /asks a tool +calculate/,
      / declines? /,
      /^lacuna #\d+ to #/m,
    ]) {
      expect(stderr).toMatch(happened);
    }
    expect(stderr.split("\n").filter((line) => line.length > 80)).toEqual([]);
    expect(stderr).not.toContain("\u001b");
    expect(processesOf(home)).toEqual([]);

    const why = await kaos(join(home, "demo"), ["why", "last"]);
    for (const agent of ["impulse", "keystone", "kronos", "lacuna", "nexus", "resonant"])
      expect(why.stdout).toMatch(new RegExp(`^  ${agent} +(answered|declined|passed|yielded) `, "m"));
  });

  test("stops what it has started when it is interrupted while starting", async () => {
    const home = newHome();
    onTestFinished(async () => void (await kaosAlone(join(home, "demo"), ["down"])));
    const child = startKaos(home, ["demo", "--swarm"]);
    const said = text(child.stdout);
    await untilExists(join(home, "demo", "logs", "kronos.log"));
    child.kill("SIGINT");
    const [code] = await once(child, "exit");
    expect(await said).toMatch(/Everything is stopped\.\n$/);
    expect(code).toBe(130);
    expect(processesOf(home)).toEqual([]);
  });

  test("does not delete what it has not made", async () => {
    const home = newHome();
    mkdirSync(join(home, "demo"));
    writeFileSync(join(home, "demo", "letters.txt"), "keep me");
    const { stderr, code } = await kaos(home, ["demo", "--swarm", "--once"]);
    expect(stderr).toMatch(/^✗ .+ holds files that the demo has not made, so they are not deleted\./);
    expect(code).toBe(1);
    expect(existsSync(join(home, "demo", "letters.txt"))).toBe(true);
  });
});

describe("kaos demo", () => {
  test("every chapter comes true, in one process and in lines that fit; what happened can be looked at afterwards", async () => {
    const home = newHome();
    const { stdout, stderr, code } = await kaosAlone(home, ["demo", "--json"]);
    const result = JSON.parse(stdout.trim().split("\n").at(-1) ?? "");
    const chapters = ["remembers", "recalls", "calculates", "asks", "resumes", "tidies", "arbitrates"];
    expect(result.chapters).toEqual(Object.fromEntries(chapters.map((name) => [name, true])));
    expect(result).toMatchObject({ agents: 6, rootsUnanswered: 0, outcomesMissing: 0, auditsVerified: 6 });
    expect(code).toBe(0);
    expect(stderr).toMatch(/SIGKILL to keystone, process \d+/);
    expect(stderr.match(/Done\. Written: launch\.md/g)).toHaveLength(1);
    expect(stderr.split("\n").filter((line) => line.length > 80)).toEqual([]);
    expect(stderr).not.toContain("\u001b");
    expect(processesOf(home)).toEqual([]);

    const left = join(home, "demo");
    expect(existsSync(join(left, "DEMO.txt"))).toBe(true);
    expect((await kaos(left, ["audit", "verify"])).code).toBe(0);
    expect((await kaos(left, ["turns", "keystone"])).stdout).toContain("begun 3 times");
    expect((await kaos(left, ["memory", "search", "launch"])).stdout).toContain("14 March");
  });

  test("Ctrl-C in the middle stops everything, also the agent that has a process of its own", async () => {
    const home = newHome();
    const child = startKaos(home, ["demo"]);
    const said = text(child.stdout);
    await untilExists(join(home, "demo", "agents", "keystone", "turns.db"));
    child.kill("SIGINT");
    const [code] = await once(child, "exit");
    expect(await said).toMatch(/Everything is stopped\.\n$/);
    expect(code).toBe(130);
    expect(processesOf(home)).toEqual([]);
    expect((await kaosAlone(home, ["demo-seed", "--json"])).code, "what it left is in nobody's way").toBe(0);
  });

  test("--once is for the demo that would stay up", async () => {
    const { stderr, code } = await kaos(newHome(), ["demo", "--once"]);
    expect([stderr, code]).toEqual(["✗ The story ends by itself. --once goes with --swarm.\n", 2]);
  });
});

describe("kaos demo-seed", () => {
  test("fills a badged home with a week that every command can tell of; twice only when asked to", async () => {
    const home = newHome();
    const made = await kaosAlone(home, ["demo-seed", "--json"]);
    expect(made.stderr).toBe("");
    const { messages, occurrences } = JSON.parse(made.stdout) as Record<string, number>;
    expect(messages).toBeGreaterThan(20);
    expect(occurrences).toBeGreaterThan(100);

    const seeded = join(home, "demo");
    const told = async (...words: string[]) => (await kaos(seeded, words)).stdout;
    expect(existsSync(join(seeded, "DEMO.txt"))).toBe(true);
    expect(await told("why", "last")).toMatch(/answered +tier 1/);
    expect(await told("turns", "nexus")).toContain("answered");
    expect(await told("approvals", "list")).toContain("write-file");
    expect(await told("memory", "search", "launch")).toContain("14 March");
    expect(await told("jobs", "list")).toContain("back-up");
    expect((await kaos(seeded, ["audit", "verify"])).code).toBe(0);

    const again = await kaos(home, ["demo-seed"]);
    expect([again.code, again.stderr]).toEqual([1, expect.stringContaining("demo-seed --reset")]);
    expect((await kaosAlone(home, ["demo-seed", "--reset", "--json"])).code).toBe(0);
  });
});
