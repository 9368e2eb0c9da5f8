/** `kaos plans` as a person types it: written, shown, answered, skipped, changed, ended. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { systemClock } from "../../shared/base/index.ts";
import { openLedger } from "../../shared/ledger/index.ts";
import { kaos, newHome } from "./kaos.ts";

const plan = {
  goal: "Move the shop",
  steps: [
    { id: "ask", title: "Ask the landlord", wait: { kind: "person", question: "May we?" } },
    { id: "sign", title: "Sign", task: "Sign the lease.", needs: ["ask"] },
  ],
};

test("a plan is written from a file, answered, changed, skipped and ended; each time as JSON for programs", async () => {
  const home = newHome();
  const run = async (...words: string[]) => {
    const ran = await kaos(home, ["plans", ...words, "--json"]);
    expect(ran.stderr).toBe("");
    return JSON.parse(ran.stdout) as { id: number; state: string; steps: { id: string; state: string }[] };
  };
  const file = join(home, "plan.json");
  writeFileSync(file, JSON.stringify(plan));
  expect(await run("add", file, "--agent", "kronos")).toMatchObject({
    id: 1,
    steps: [{ state: "waiting" }, { state: "pending" }],
  });
  const shown = await kaos(home, ["plans", "show", "1"]);
  expect(shown.stdout).toContain("waits for a person’s word: May we?");
  expect(await run("answer", "1", "ask", "Yes,", "from", "May")).toMatchObject({
    steps: [{ state: "done", result: "Yes, from May" }, { state: "working" }],
  });
  writeFileSync(
    file,
    JSON.stringify({ put: [{ id: "tell", title: "Tell people", task: "Tell them.", needs: ["sign"] }] }),
  );
  await run("edit", "1", file);
  expect(await run("skip", "1", "sign")).toMatchObject({
    steps: [{}, { state: "skipped" }, { id: "tell", state: "working" }],
  });
  expect(await run("retry", "1", "sign")).toMatchObject({ steps: [{}, { state: "working" }, {}] });
  expect(await run("cancel", "1", "not", "needed")).toMatchObject({ state: "cancelled", because: "not needed" });
  const listed = await kaos(home, ["plans", "--all", "--json"]);
  expect(JSON.parse(listed.stdout)).toMatchObject([{ goal: "Move the shop", state: "cancelled" }]);
  const ledger = await openLedger({ path: join(home, "swarm.db"), clock: systemClock });
  expect(await ledger.assignments.take("kronos"), "its work was called back").toBeUndefined();
  ledger.close();
});

test.each([
  [["show", "9"], 1, "no plan 9"],
  [["add", "nowhere.json"], 2, "cannot be read as JSON"],
  [["skip", "x", "a"], 2, "is no plan"],
])("%j says what is wrong", async (words, code, sentence) => {
  const home = newHome();
  const ledger = await openLedger({ path: join(home, "swarm.db"), clock: systemClock });
  ledger.close();
  const ran = await kaos(home, ["plans", ...words]);
  expect(ran).toMatchObject({ code, stdout: "" });
  expect(ran.stderr).toContain(sentence);
  expect(ran.stderr).not.toContain("    at ");
});

test("a plan that cannot be carried out is refused with the circle", async () => {
  const home = newHome();
  const circle = {
    goal: "x",
    steps: [
      { id: "a", title: "A", task: "a", needs: ["b"] },
      { id: "b", title: "B", task: "b", needs: ["a"] },
    ],
  };
  const ran = await kaos(home, ["plans", "add", "-", "--agent", "kronos"], { input: JSON.stringify(circle) });
  expect(ran).toMatchObject({ code: 1, stdout: "" });
  expect(ran.stderr).toContain("These steps wait for each other: a → b → a.");
});
