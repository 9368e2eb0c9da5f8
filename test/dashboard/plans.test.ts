/** The Plans view: steps with what they wait for, what happened, and a person's hand on each. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { planShape } from "../../shared/ledger/index.ts";
import { arrive, member, openTestHome, type TestHome } from "./home.ts";

const EVIL = `<img src=x onerror="alert(1)">"'`;
let home: TestHome;
let person: Awaited<ReturnType<typeof member>>;

beforeEach(async () => {
  home = await openTestHome();
  await arrive(home.ledger);
  person = await member(home);
});
afterEach(() => home.close());

const post = (path: string, form: Record<string, string>) => person.post(path, { csrf: person.csrf, ...form });

async function read(path = "/plans"): Promise<string> {
  const page = await (await person.get(path)).text();
  expect(page).not.toContain("<img");
  return page.replace(/<[^>]*>/g, " ").replace(/\s+/g, " ");
}

async function write(...steps: object[]): Promise<string> {
  const draft = planShape.parse({ goal: `Move ${EVIL}`, steps });
  const written = await home.ledger.plans.write({
    ...{ key: JSON.stringify(steps), agent: "kronos", room: "room:main", by: "you", sources: [], draft },
  });
  if (!written.planned) throw new Error(written.because);
  await home.ledger.plans.advance();
  return String(written.plan.id);
}

const stateOf = async (plan: string, step: string) =>
  (await home.ledger.plans.get(Number(plan)))?.steps.find(({ id }) => id === step)?.state;

test("it is empty and says how to fill it, then shows each step and what it waits for", async () => {
  expect(await read()).toContain("Nothing is under way for days");
  await write(
    { id: "ask", title: EVIL, task: "", wait: { kind: "person", question: "Shall we?" } },
    { id: "watch", title: "Watch", wait: { kind: "page", url: "https://x.example/", says: "in stock" } },
    { id: "buy", title: "Buy", task: "Buy it", needs: ["ask", "watch"] },
  );
  const text = await read();
  expect(text).toContain("waits for a person’s word: Shall we?");
  expect(text).toContain("waits for https://x.example/ to say “in stock”");
  expect(text).toContain("after ask, watch");
  expect(text, "what waits for a person is counted").toMatch(/Plans 1/);
});

test("a person answers, changes, skips, tries again and cancels; the terminal sees the same", async () => {
  const plan = await write(
    { id: "ask", title: "Ask", wait: { kind: "person", question: "Shall we?" }, task: "Do as said" },
    { id: "buy", title: "Buy", task: "Buy it", needs: ["ask"] },
  );
  expect((await post("/plans/steps", { plan, step: "ask", act: "answer", text: "Yes" })).status).toBe(303);
  expect(await stateOf(plan, "ask")).toBe("working");
  await post("/plans/steps", { plan, step: "buy", act: "edit", title: "Buy two", task: "Buy two of it", needs: "ask" });
  expect((await home.ledger.plans.get(Number(plan)))?.steps).toMatchObject([{}, { title: "Buy two" }]);
  await post("/plans/steps", { plan, step: "ask", act: "skip" });
  expect([await stateOf(plan, "ask"), await stateOf(plan, "buy")]).toEqual(["skipped", "working"]);
  await post("/plans/steps", { plan, step: "ask", act: "retry" });
  expect(await stateOf(plan, "ask"), "it is asked anew").toBe("waiting");
  await post("/plans/ends", { plan, because: "no need" });
  expect(await home.ledger.plans.get(Number(plan))).toMatchObject({ state: "cancelled", because: "no need" });
  expect(await read()).toContain("cancelled");
});

test("a plan is written as lines that follow each other", async () => {
  const form = { goal: "Move", agent: "kronos", steps: "Find a place\n\nSign the lease" };
  expect((await post("/plans", form)).status).toBe(303);
  expect(await home.ledger.plans.get(1)).toMatchObject({
    agent: "kronos",
    steps: [{ title: "Find a place" }, { task: "Sign the lease", needs: ["step-1"] }],
  });
});

test("the same form sent twice is one plan, and with other words another one", async () => {
  const page = await (await person.get("/plans")).text();
  const key = /name="key" value="([^"]+)"/.exec(page)?.[1] ?? "";
  expect(key).not.toBe("");
  const form = { goal: "Find a flat", agent: "kronos", steps: "Ask Ann\nVisit three", key };
  const first = (await post("/plans", form)).headers.get("location");
  home.clock.tick(1_000);
  expect((await post("/plans", form)).headers.get("location")).toBe(first);
  expect((await post("/plans", { ...form, steps: "Ask Bob" })).headers.get("location")).not.toBe(first);
  expect(await home.ledger.plans.list({ ended: false, limit: 9 })).toHaveLength(2);
});

test.each([
  ["/plans", { goal: "", agent: "kronos", steps: "x" }],
  ["/plans", { goal: "x", agent: "nobody", steps: "x" }],
  ["/plans/steps", { plan: "7", step: "a", act: "skip" }],
  ["/plans/steps", { plan: "x", step: "a", act: "explode" }],
  ["/plans/ends", { plan: "../1" }],
])("nonsense is refused: %s %j", async (path, form) => {
  expect((await post(path, form as unknown as Record<string, string>)).status).toBeGreaterThanOrEqual(400);
});
