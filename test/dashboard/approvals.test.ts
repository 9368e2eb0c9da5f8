/** Deciding about calls in the control room: with a form and with htmx, once, narrowly, and seen everywhere at once. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { APPROVAL_MS } from "../../shared/ledger/index.ts";
import { arrive, member, openTestHome, type TestHome } from "./home.ts";
import { ask } from "./work.ts";

let home: TestHome;
let person: Awaited<ReturnType<typeof member>>;
beforeEach(async () => {
  home = await openTestHome();
  await arrive(home.ledger);
  person = await member(home);
});
afterEach(() => home.close());

const HTMX = { "hx-request": "true" };

function post(path: string, form: Record<string, string>, headers = {}): Promise<Response> {
  return person.post(path, { csrf: person.csrf, ...form }, headers);
}

async function read(path: string): Promise<string> {
  const page = await (await person.get(path)).text();
  return page.replace(/<[^>]*>/g, " ").replace(/\s+/g, " ");
}

test("a call is shown as it would run, with why, whose text led to it, and the time that is left", async () => {
  await ask(home, {
    input: { path: "notes/a.md", text: "two\nlines\u200b", size: 3, parts: [1, "x"] },
    because: "write-file is risky; text from fetch-page led to it",
    sources: [
      { label: "owner", from: "you" },
      { label: "outside", from: "fetch-page" },
    ],
  });
  home.clock.tick(APPROVAL_MS / 2);
  const page = await (await person.get("/approvals")).text();
  expect(page).toContain("two\nlines<mark>U+200B</mark>");
  expect(page).toContain("[\n  1,\n  &quot;x&quot;\n]");
  const text = await read("/approvals");
  expect(text).toContain("write-file is risky; text from fetch-page led to it");
  expect(text).toContain("text from outside: fetch-page");
  expect(text).toMatch(/30 min left/);
  expect(text).toContain(
    '{"path":"notes/a.md","text":"two\\nlines U+200B ","size":3,"parts":[1,"x"]}'.replace(/"/g, "&quot;"),
  );
});

describe("a decision", () => {
  test("by the plain form lets the call run, and leads back to the list", async () => {
    const { id } = await ask(home);
    const answer = await post("/approvals/decisions", { id: String(id), decision: "allow" });
    expect([answer.status, answer.headers.get("location")]).toEqual([303, "/approvals"]);
    expect(await home.ledger.approvals.get(id)).toMatchObject({ state: "granted", by: "you" });
    expect(await read("/approvals")).toMatch(/Nothing waits for you.*keystone write-file allowed/);
  });

  test("by htmx answers with the fragment of that call alone", async () => {
    const { id } = await ask(home);
    const answer = await post("/approvals/decisions", { id: String(id), decision: "deny", said: " not\nnow " }, HTMX);
    expect(answer.status).toBe(200);
    expect((await answer.text()).trim()).toMatch(
      /^<article id="a-1".*Denied: keystone does not run write-file\..*<\/article>$/s,
    );
    expect(await home.ledger.approvals.get(id)).toMatchObject({ state: "denied", said: "not now" });
  });

  test("is made once; the second one is told who was first", async () => {
    const { id } = await ask(home);
    await home.ledger.approvals.decide(id, { granted: false, by: "ana" });
    const answer = await post("/approvals/decisions", { id: String(id), decision: "allow" });
    expect(answer.status).toBe(422);
    expect(await answer.text()).toContain("Nothing was changed: approval 1 is denied already (ana).");
    expect(await home.ledger.approvals.get(id)).toMatchObject({ state: "denied", by: "ana" });
  });

  test.each([
    ["of nothing", { decision: "allow" }],
    ["of a call that nobody asked for", { id: "77", decision: "allow" }],
    ["of a strange number", { id: "1 OR 1=1", decision: "allow" }],
    ["that is neither yes nor no", { id: "1", decision: "perhaps" }],
    ["that says nothing", { id: "1" }],
  ])("%s changes nothing", async (_, form) => {
    await ask(home);
    expect((await post("/approvals/decisions", form as Record<string, string>)).status).toBe(422);
    expect(await home.ledger.approvals.pending()).toHaveLength(1);
  });

  test("without the session's token is not made", async () => {
    const { id } = await ask(home);
    for (const path of ["/approvals/decisions", "/approvals/grants"])
      expect((await person.post(path, { id: String(id), decision: "allow", csrf: "x" })).status).toBe(403);
    expect(await home.ledger.approvals.pending()).toHaveLength(1);
  });

  test("after its time is refused, and the call waits no more", async () => {
    const { id } = await ask(home);
    home.clock.tick(APPROVAL_MS + 1);
    expect((await post("/approvals/decisions", { id: String(id), decision: "allow" })).status).toBe(422);
    expect(await read("/approvals")).toContain("Nothing waits for you");
  });
});

describe("always", () => {
  test("allows this call and those like it, with an end, and can be revoked", async () => {
    const { id } = await ask(home, { input: { path: "notes/a.md", text: "1\n2" } });
    const page = await (await person.get("/approvals")).text();
    expect(page).toMatch(/<textarea id="match-1-0" name="match.path"[^>]*>\nnotes\/a\.md<\/textarea>/);
    const form = { id: String(id), "match.path": "notes/*", "match.text": "", days: "7" };
    expect((await post("/approvals/grants", form)).status).toBe(303);
    expect(await home.ledger.approvals.get(id)).toMatchObject({ state: "granted" });
    const [grant] = await home.ledger.grants.inForce("keystone", "write-file");
    expect(grant).toMatchObject({ match: { path: "notes/*" }, by: "you" });
    expect(Math.round(((grant?.expiresAt ?? 0) - home.clock.now()) / 86_400_000)).toBe(7);
    expect(await read("/approvals")).toMatch(/path = notes\/\* you Revoke/);

    expect((await post("/approvals/revocations", { id: String(grant?.id) })).status).toBe(303);
    expect(await home.ledger.grants.inForce("keystone", "write-file")).toEqual([]);
    expect((await post("/approvals/revocations", { id: String(grant?.id) })).status).toBe(422);
  });

  test.each([
    ["everything", { "match.path": "" }, "at least one argument"],
    ["any path", { "match.path": "*" }, "“*” alone"],
    ["another call", { "match.path": "secrets/*" }, "would not cover the call above"],
    ["an argument that is not there", { "match.size": "3" }, "would not cover the call above"],
    ["for ever", { "match.path": "notes/*", days: "99999" }, "from 1 to 365"],
    ["for a strange time", { "match.path": "notes/*", days: "soon" }, "from 1 to 365"],
  ])("is not given for %s", async (_, form, because) => {
    const { id } = await ask(home, { input: { path: "notes/a.md" } });
    const answer = await post(
      "/approvals/grants",
      { id: String(id), days: "30", ...form } as Record<string, string>,
      HTMX,
    );
    expect(answer.status).toBe(422);
    const fragment = await answer.text();
    expect(fragment).toContain(because);
    // What was typed is still there, unfolded.
    expect(fragment).toMatch(/<details id="always-1" class="more" open="">/);
    expect(await home.ledger.grants.latest(9)).toEqual([]);
    expect(await home.ledger.approvals.pending()).toHaveLength(1);
  });

  test.each([
    ["no object", '"x"'],
    ["no plain argument", { parts: [1] }],
    ["a star at the end", { path: "notes/*" }],
  ])("is not offered for a call with %s", async (_, input) => {
    await ask(home, { input });
    expect(await read("/approvals")).toContain("cannot be allowed for longer");
  });

  test("a browser's line ends are the call's own", async () => {
    const { id } = await ask(home, { input: { text: "one\ntwo" } });
    await post("/approvals/grants", { id: String(id), "match.text": "one\r\ntwo", days: "1" });
    expect((await home.ledger.grants.latest(1))[0]?.match).toEqual({ text: "one\ntwo" });
  });
});

test("what a person says with a yes reaches the agent: an MCP server's question is answered with it", async () => {
  const { id } = await ask(home);
  await post("/approvals/decisions", { id: String(id), decision: "allow", said: "  the blue\none " });
  expect(await home.ledger.approvals.get(id)).toMatchObject({ state: "granted", by: "you", said: "the blue one" });
});

test("what waits is counted in the navigation, on every page and in the overview", async () => {
  expect(await read("/swarm")).not.toContain("waiting for you");
  await ask(home);
  await ask(home, { agent: "nexus", tool: "post-form" });
  expect(await read("/swarm")).toMatch(/Approvals 2 waiting for you.* 2 wait for you/);
  expect(await read("/")).toMatch(/Waits for you keystone write-file wants to run it; 1 h left nexus post-form/);
  expect(await read("/")).toContain("nexus asks whether it may run post-form");
});
