/** The demo as a newcomer and as CI start it: it tells its story, counts it in the ledger, and leaves no process behind. */
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { describe, expect, onTestFinished, test } from "vitest";
import { kaos, newHome, startKaos } from "./kaos.ts";

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
  const limit = AbortSignal.timeout(20_000);
  while (!existsSync(path)) {
    limit.throwIfAborted();
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe("kaos demo", () => {
  test("--once --json tells the story on stderr, prints what came of it, and stops everything", {
    timeout: 120_000,
  }, async () => {
    const home = newHome();
    const { stdout, stderr, code } = await kaos(home, ["demo", "--once", "--json"]);
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

  test("stops what it has started when it is interrupted while starting", { timeout: 60_000 }, async () => {
    const home = newHome();
    onTestFinished(async () => void (await kaos(join(home, "demo"), ["down"])));
    const child = startKaos(home, ["demo"]);
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
    const { stderr, code } = await kaos(home, ["demo", "--once"]);
    expect(stderr).toMatch(/^✗ .+ holds files that the demo has not made, so they are not deleted\./);
    expect(code).toBe(1);
    expect(existsSync(join(home, "demo", "letters.txt"))).toBe(true);
  });
});
