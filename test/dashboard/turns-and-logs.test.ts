/** Turns step by step, and what the processes wrote: found by agent, process, weight and words. */
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, onTestFinished, test } from "vitest";
import { openTurns } from "../../shared/turns/index.ts";
import { arrive, member, openTestHome, type TestHome, watchWrites } from "./home.ts";
import { keepTurns, work, writeLog } from "./work.ts";

let home: TestHome;
let person: Awaited<ReturnType<typeof member>>;
beforeEach(async () => {
  home = await openTestHome();
  await arrive(home.ledger);
  person = await member(home);
});
afterEach(() => home.close());

async function read(path: string): Promise<{ page: string; text: string }> {
  const answer = await person.get(path);
  expect(answer.status, path).toBe(200);
  const page = await answer.text();
  return { page, text: page.replace(/<[^>]*>/g, " ").replace(/\s+/g, " ") };
}

const TEXTS = { ask: "What is 2 + 2?", tool: "calculate", result: "4", answer: "Four.", because: "" };

test("both say how they are filled while they are empty", async () => {
  expect((await read("/turns")).text).toContain("No turn has begun yet. Say something in the Room");
  expect((await read("/logs")).text).toContain(
    "No process has written a log in this home yet. kaos up starts the swarm",
  );
});

test("a turn leads from what was asked through each step to the answer, and to its calls", async () => {
  await work(home);
  const { page, text } = await read("/turns");
  expect(text).toMatch(
    /nexus running How much of the drop .* 1 step, 1 call .* nexus answered How much .* 2 steps, 1 call/,
  );
  expect(page).toContain('href="/turns?agent=nexus&amp;turn=terminal.1"');
  const one = await read("/turns?agent=nexus&turn=terminal.1");
  expect(one.text).toMatch(/What the model was told system: Now .* user: How much of the drop/);
  expect(one.text).toMatch(
    /Step 1 deepseek\/deepseek-chat · 2140 tokens in, 61 out · \$0\.0021 calculate ok 2 ms expression .* result 0\.61/,
  );
  expect(one.text).toMatch(/Step 2 .* heard meanwhile: “How much .* 61 %: more than the other three together\./);
  expect(one.page).toContain('href="/audit?agent=nexus&amp;turn=terminal.1"');
  const died = await read("/turns?agent=nexus&turn=terminal.2");
  expect(died.text).toMatch(/calculate uncertain .*It had begun when its process ended/);
  expect(died.text).toContain('kaos turns resume nexus "terminal.2"');
  expect((await read("/turns?agent=nexus&turn=none")).text).toContain("There is no such turn");
  expect((await read("/turns?agent=ghost")).text).toContain("No agent of this name has begun a turn here.");
});

test("pages of turns follow each other over all agents, and looking writes nothing", async () => {
  await keepTurns(home, "kronos", TEXTS);
  for (const agent of ["kronos", "nexus"]) {
    const turns = await openTurns({ path: home.files.agent(agent).turns, clock: home.clock });
    for (let number = 0; number < 30; number++) {
      home.clock.tick(1_000);
      await turns.start({ id: `${agent} ${number}`, about: { key: `work ${number}` }, entries: [], sources: [] });
    }
    turns.close();
  }
  const eyes = ["kronos", "nexus"].map((agent) => watchWrites(home.files.agent(agent).turns));
  onTestFinished(() => eyes.forEach((eye) => void eye.close()));
  const seen: string[] = [];
  for (let at: string | undefined = "/turns"; at !== undefined; ) {
    const { page } = await read(at);
    seen.push(...[...page.matchAll(/href="\/turns\?agent=\w+&amp;turn=([^"]+)"/g)].map(([, id = ""]) => id));
    at = /href="(\/turns\?[^"]*before=[^"]*)">Earlier/.exec(page)?.[1]?.replaceAll("&amp;", "&");
  }
  expect(seen).toHaveLength(62);
  expect(new Set(seen).size).toBe(62);
  await read(`/turns?agent=nexus&turn=${encodeURIComponent("nexus 3")}`);
  expect(eyes.map((eye) => eye.written())).toEqual([false, false]);
});

test("a key in a turn is not shown", async () => {
  const key = `ghp_${"a1B2".repeat(9)}`;
  await keepTurns(home, "kronos", { ...TEXTS, result: `token ${key}`, answer: `It is ${key}.` });
  expect((await read("/turns?agent=kronos&turn=terminal.1")).text).not.toContain(key);
});

test("logs are one list by time, newest first, by process, weight and words; an error unfolds", async () => {
  writeLog(home, "nexus", { phrase: "provider rests", value: "deepseek" });
  writeLog(home, "supervisor", { phrase: "job failed", value: "the disk was full" });
  appendFileSync(join(home.files.logs, "supervisor.log"), '{"level": 30, "msg": "half a li');
  const all = await read("/logs");
  expect(all.text).toMatch(
    /step failed the disk was full Error: the disk was full somewhere .*provider rests provider= deepseek restMs= 90000/,
  );
  expect(all.page).toContain('<span class="word wait">provider rests</span>');
  expect((await read("/logs?weight=errors")).text).not.toContain("provider rests");
  expect((await read("/logs?process=nexus")).text).not.toContain("job failed");
  expect((await read("/logs?q=DISK")).text).not.toContain("provider rests");
  expect((await read("/logs?q=nothing+like+it")).text).toContain("No line is like that.");
  expect((await read("/logs?process=ghost")).text).toContain("There is no log of a process with this name.");
  expect((await read("/logs?process=../../etc/passwd")).text).toContain("There is no log of a process with this name.");
});
