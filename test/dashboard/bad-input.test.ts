/** Wrong, foreign and far too much input at every address that takes any: a sentence each time, never a stack, and nothing is written. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { FORM_BYTES_MAX } from "../../dashboard/told.ts";
import { views } from "../../dashboard/views/index.ts";
import { type Log, silentLog } from "../../shared/base/index.ts";
import { arrive, member, openTestHome, type TestHome } from "./home.ts";

const ACTIONS = views.flatMap(({ actions = [] }) => actions.map(({ path }) => path));
const STACK = /\bat \S+ \(|node:internal|\.[tj]s:\d+/;

let home: TestHome;
let person: Awaited<ReturnType<typeof member>>;
/** What the control room called a mistake of its own. */
let mistakes: string[];
beforeEach(async () => {
  mistakes = [];
  const log: Log = { ...silentLog, error: (says) => void mistakes.push(says) };
  home = await openTestHome({ log });
  await arrive(home.ledger);
  person = await member(home);
});
afterEach(() => home.close());

const NONSENSE = {
  "an empty form": {},
  "numbers that are none": {
    id: "NaN",
    plan: "1e99",
    seq: "-1",
    days: "1.5",
    agent: "0",
    state: "",
    act: "",
    key: "0",
  },
  "names of no one": { agent: "__proto__", job: "constructor", skill: "../..", name: "toString", order: "nothing" },
  "characters that no field has": { text: "", agent: "\u0000\ud800", words: "\u202e", goal: "\u0000", id: "٣" },
} as const;

test.each(ACTIONS)("%s answers nonsense with a sentence", async (path) => {
  for (const [what, form] of Object.entries(NONSENSE)) {
    const answer = await person.post(path, { csrf: person.csrf, ...form });
    const text = await answer.text();
    expect(answer.status, `${what}: ${text.slice(-300)}`).toBeLessThan(500);
    expect(text, what).not.toMatch(STACK);
  }
  expect(mistakes).toEqual([]);
});

test.each([...ACTIONS, "/pause", "/resume", "/theme", "/logout"])(
  "%s takes no JSON, no form without its token, and not more than fits",
  async (path) => {
    const json = await fetch(home.url + path, {
      method: "POST",
      redirect: "manual",
      headers: {
        cookie: [...person.cookies].map(([name, value]) => `${name}=${value}`).join("; "),
        origin: home.url,
        "content-type": "application/json",
      },
      body: `{"csrf": "${person.csrf}", "agent": `,
    });
    expect(json.status).toBe(403);
    expect((await person.post(path, {})).status).toBe(403);
    const much = await person.post(path, { csrf: person.csrf, text: "x".repeat(FORM_BYTES_MAX) });
    expect(much.status).toBe(413);
    for (const answer of [json, much]) expect(await answer.text()).not.toMatch(STACK);
    expect(await home.ledger.controls.active()).toEqual([]);
  },
);

test.each(views.map(({ path }) => path))("%s answers a strange query as a page", async (path) => {
  const strange = [
    "?a=%",
    "?message=1e9&before=-1&agent[]=x",
    `?q=${"x".repeat(4_000)}`,
    "?fact=%00&thread=%ff&order=9e9",
  ];
  for (const query of strange) {
    const answer = await person.get(path + query);
    expect([200, 400], `${query}: ${answer.status}`).toContain(answer.status);
    expect(await answer.text(), query).not.toMatch(STACK);
  }
  expect(mistakes).toEqual([]);
});
