/** The trail of tool calls: every call with its end, filters, pages, the chain on demand, and the log to take away. */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { arrive, member, openTestHome, type TestHome } from "./home.ts";
import { logCalls, type Told, work } from "./work.ts";

let home: TestHome;
let person: Awaited<ReturnType<typeof member>>;
beforeEach(async () => {
  home = await openTestHome();
  await arrive(home.ledger);
  person = await member(home);
});
afterEach(() => home.close());

async function read(query = ""): Promise<{ page: string; text: string; tools: string[] }> {
  const answer = await person.get(`/audit${query}`);
  expect(answer.status).toBe(200);
  const page = await answer.text();
  const tools = [...page.matchAll(/<b class="tool">([^<]*)<\/b>/g)].map(([, tool = ""]) => tool);
  return { page, tools, text: page.replace(/<[^>]*>/g, " ").replace(/\s+/g, " ") };
}

const many = (number: number, begins: string): Told[] =>
  Array.from({ length: number }, (_, index) => ({
    tool: `${begins}-${index}`,
    after: 1,
    turn: `turn-${index >> 3}`,
    result: { kind: "ok", text: "done" },
  }));

test("every call of every agent stands there with arguments, decision, end, time and turn", async () => {
  await work(home);
  const { text, tools } = await read();
  expect(tools).toEqual(["read-file", "run-remote", "write-file", "current-time", "fetch-page", "calculate"]);
  expect(text).toMatch(
    /nexus calculate 412 \/ 1030 ok 2 ms expression 412 \/ 1030 gate let it pass result 0\.4 turn t1/,
  );
  expect(text).toMatch(
    /run-remote web-1 · systemctl restart importer refused .* gate did not let it run: run-remote needs the gate server-ops/,
  );
  expect(text).toMatch(/fetch-page .* timed out 2 min/);
  expect(text).toMatch(/read-file notes\/backup\.md no result .*its process died/);
});

test("a call that waited for a person stands there twice, each time with its own end", async () => {
  await logCalls(home, "kronos", [
    {
      tool: "send-mail",
      call: "x",
      decision: { allow: "ask", because: "it is risky" },
      result: { kind: "waiting", text: "a person is asked" },
    },
    { tool: "send-mail", call: "x", after: 60, result: { kind: "ok", text: "sent" } },
  ]);
  const { text } = await read();
  expect(text).toMatch(
    /send-mail ok .* gate let it pass result sent .* send-mail waiting .* gate asked a person: it is risky/,
  );
});

describe("a filter", () => {
  test.each([
    ["?agent=nexus", ["current-time", "fetch-page", "calculate"]],
    ["?tool=write-file", ["write-file"]],
    ["?class=refused", ["run-remote"]],
    ["?class=ok&agent=nexus", ["current-time", "calculate"]],
    ["?agent=nexus&turn=t2", ["fetch-page"]],
    ["?session=room%3Amain", ["fetch-page"]],
    ["?session=room%3Amain&class=timed+out", ["fetch-page"]],
    ["?session=room", []],
    ["?tool=nothing", []],
  ])("%s", async (query, tools) => {
    await work(home);
    expect((await read(query)).tools).toEqual(tools);
  });

  test("by turn is one press away from each call", async () => {
    await work(home);
    expect((await read()).page).toContain('href="/audit?agent=nexus&amp;turn=t2"');
    expect((await read("?turn=t2")).page).toContain('<input name="turn" value="t2"');
  });

  test("by session is offered, is one press away from each call, and goes with pages and export", async () => {
    await logCalls(
      home,
      "kronos",
      many(60, "said").map((one) => ({ ...one, session: "tg:-100 7/12" })),
    );
    await logCalls(home, "nexus", many(3, "else"));
    const { page } = await read();
    expect(page).toContain('<option value="tg:-100 7/12">');
    const href = 'href="/audit?session=tg%3A-100%207%2F12"';
    expect((await read("?agent=kronos")).page).toContain(href);
    const only = await read("?session=tg:-100+7/12");
    expect(only.tools).toHaveLength(50);
    expect(only.page).toContain('name="session" value="tg:-100 7/12"');
    expect(only.page).toMatch(/href="\/audit\?session=tg%3A-100\+7%2F12&amp;before=[^"]*">Earlier calls/);
    const exported = await (await person.get("/audit/export?session=tg:-100+7/12")).text();
    expect(exported.trimEnd().split("\n")).toHaveLength(120);
  });

  test("by time takes the minutes that are named", async () => {
    // Ten seconds past a minute, so that none ends in between.
    home.clock.tick(70_000 - (home.clock.now() % 60_000));
    await logCalls(home, "kronos", many(3, "early"));
    const pad = (number: number) => String(number).padStart(2, "0");
    const local = (at: Date) =>
      `${at.getFullYear()}-${pad(at.getMonth() + 1)}-${pad(at.getDate())}T${pad(at.getHours())}:${pad(at.getMinutes())}`;
    home.clock.tick(600_000);
    const then = local(new Date(home.clock.now()));
    await logCalls(home, "kronos", many(2, "late"));
    expect((await read(`?from=${then}`)).tools).toEqual(["late-1", "late-0"]);
    expect((await read(`?to=${then}`)).tools[0]).toBe("late-1");
    const before = local(new Date(home.clock.now() - 300_000));
    expect((await read(`?to=${before}`)).tools).toEqual(["early-2", "early-1", "early-0"]);
  });

  test("that names nothing we have is told, and shows itself again", async () => {
    await work(home);
    const { text, page } = await read("?agent=ghost&tool=x&from=yesterday");
    expect(text).toContain("There is no log of an agent with this name.");
    expect(page).toContain('name="tool" value="x"');
    expect((await read("?from=yesterday")).text).toContain("A time is written as");
  });
});

test("pages follow each other without a gap over all logs, also by class", async () => {
  await logCalls(home, "kronos", many(70, "kronos"));
  home.clock.tick(-60_000);
  await logCalls(home, "nexus", many(60, "nexus"));
  for (const query of ["", "?class=ok"]) {
    const seen: string[] = [];
    for (let at: string | undefined = query; at !== undefined; ) {
      const { tools, page } = await read(at);
      expect(tools.length).toBeLessThanOrEqual(50);
      expect(page).not.toContain("no result");
      seen.push(...tools);
      at = /href="\/audit(\?[^"]*)">Earlier calls/.exec(page)?.[1]?.replaceAll("&amp;", "&");
    }
    expect(seen).toHaveLength(130);
    expect(new Set(seen).size).toBe(130);
    const own = seen.filter((tool) => tool.startsWith("nexus"));
    expect(own).toEqual(own.toSorted((a, b) => Number(b.slice(6)) - Number(a.slice(6))));
  }
});

test("the chain is verified when somebody asks, with a form and with htmx", async () => {
  await work(home);
  expect((await read()).text).not.toContain("each as it was written");
  const whole = await person.post("/audit/verifications", { csrf: person.csrf });
  expect(whole.status).toBe(200);
  const page = (await whole.text()).replace(/<[^>]*>/g, " ").replace(/\s+/g, " ");
  expect(page).toMatch(/keystone whole .* 5 lines, each as it was written nexus whole .* 6 lines/);

  const file = home.files.agent("nexus").audit;
  writeFileSync(file, readFileSync(file, "utf8").replace("412 / 1030", "413 / 1030"));
  const broken = await person.post("/audit/verifications", { csrf: person.csrf }, { "hx-request": "true" });
  const fragment = await broken.text();
  expect(fragment.trim()).toMatch(/^<section id="chain"/);
  expect(fragment.replace(/<[^>]*>/g, " ").replace(/\s+/g, " ")).toMatch(
    /nexus broken .* line 1 of tool_calls\.jsonl: it was changed/,
  );
  expect((await person.post("/audit/verifications", { csrf: "x" })).status).toBe(403);
});

test("an export holds the lines of the filter as they were written, and nothing else", async () => {
  await work(home);
  await logCalls(home, "impulse", many(260, "many"));
  const answer = await person.get("/audit/export?agent=keystone&tool=run-remote");
  expect(answer.headers.get("content-disposition")).toBe("attachment; filename=tool_calls.jsonl");
  const written = readFileSync(home.files.agent("keystone").audit, "utf8").trimEnd().split("\n");
  expect((await answer.text()).trimEnd().split("\n").toReversed()).toEqual(
    written.filter((line) => line.includes('"run-remote"')),
  );
  const all = (await (await person.get("/audit/export")).text()).trimEnd().split("\n");
  expect(all).toHaveLength(5 + 6 + 520);
  expect((await fetch(`${home.url}/audit/export`, { redirect: "manual" })).status).toBe(303);
});

test("a log without its index is told, and the others are shown", async () => {
  await work(home);
  const index = home.files.agent("nexus").audit.replace(".jsonl", ".index.db");
  writeFileSync(index, "this is no database");
  const { text, tools } = await read();
  expect(text).toMatch(/The log of nexus cannot be read: /);
  expect(tools).toEqual(["read-file", "run-remote", "write-file"]);
  rmSync(index);
  expect((await read("?agent=nexus")).text).toContain("No call is like that");
});
