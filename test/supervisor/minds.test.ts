/** Work for minds: asked once for an instant, also by a second life; what failed before is asked once more. */
import { expect, onTestFinished, test } from "vitest";
import { systemClock } from "../../shared/base/index.ts";
import { createMinds } from "../../supervisor/minds.ts";
import { card, openTestLedger } from "../doubles/ledger.ts";

const run = { dueAt: 1, dryRun: false };
const { signal } = new AbortController();

async function open() {
  const { ledger, close } = await openTestLedger(systemClock);
  onTestFinished(close);
  for (const name of ["kronos", "nexus"]) await ledger.agents.arrive(card(name), 1);
  const minds = createMinds({ ledger, clock: systemClock, first: "kronos" });
  const asked = { job: "sleep-compute", agents: ["kronos", "nexus"], withinMs: 60_000 };
  return { ledger, minds, ask: () => minds.ask(asked, run, signal) };
}

/** The agent's next work; its giver has written it by now, or will at once. */
async function taken(ledger: Awaited<ReturnType<typeof open>>["ledger"], agent: string) {
  while (true) {
    const seen = ledger.changes.version();
    const work = await ledger.assignments.take(agent);
    if (work !== undefined) return work;
    await ledger.changes.past(seen, { signal, atMostMs: 1_000 });
  }
}

test("two askings are one work, and what agents found is put together with their names", async () => {
  const { ledger, ask } = await open();
  const both = Promise.all([ask(), ask()]);
  for (const agent of ["kronos", "nexus"]) {
    const { id, fence } = await taken(ledger, agent);
    const finding = {
      changed: agent === "nexus",
      summary: "tidied",
      items: [{ title: "one" }],
      counters: { merged: 2 },
    };
    await ledger.assignments.finish(id, fence, { result: JSON.stringify(finding), because: "tidied" });
  }
  const [first, second] = await both;
  expect(second).toEqual(first);
  expect(first).toMatchObject({
    changed: true,
    summary: "kronos: tidied; nexus: tidied",
    items: [{ title: "kronos: one" }, { title: "nexus: one" }],
    counters: { merged: 4 },
  });
  expect(await ledger.assignments.latest(10)).toHaveLength(2);
});

test("one that cannot is named beside what the other found; when nobody can, it fails and may be asked again", async () => {
  const { ledger, minds, ask } = await open();
  const first = ask();
  const { id, fence } = await taken(ledger, "kronos");
  await ledger.assignments.finish(id, fence, { result: '{"changed":false,"summary":"ok"}', because: "ok" });
  const other = await taken(ledger, "nexus");
  await ledger.assignments.reject(other.id, other.fence, "no memory");
  expect(await first).toMatchObject({ changed: false, summary: "kronos: ok; nexus: no memory" });

  const alone = { job: "user-model", agents: ["nexus"], withinMs: 60_000 };
  const failing = expect(minds.ask(alone, run, signal)).rejects.toThrow("nexus: no memory");
  const refused = await taken(ledger, "nexus");
  await ledger.assignments.reject(refused.id, refused.fence, "no memory");
  await failing;
  const again = minds.ask(alone, run, signal);
  const anew = await taken(ledger, "nexus");
  expect(anew.id).not.toBe(refused.id);
  await ledger.assignments.finish(anew.id, anew.fence, { result: "not JSON", because: "?" });
  await expect(again).rejects.toThrow(/cannot be read/);
});

test("an agent that names a job in its agent.json is asked first for it", async () => {
  const { ledger, minds } = await open();
  await ledger.agents.arrive({ ...card("atlas"), jobs: ["market-review"] }, 1);
  expect(await minds.nearest("nexus", "market-review")).toBe("atlas");
  expect(await minds.nearest("nexus", "people-scout")).toBe("nexus");
});

test("the nearest mind is the one that is meant, else the first of the swarm, else any", async () => {
  const { ledger, minds } = await open();
  expect(await minds.nearest("nexus", "market-review")).toBe("nexus");
  expect(await minds.nearest("lacuna", "market-review")).toBe("kronos");
  expect(await createMinds({ ledger, clock: systemClock, first: "gone" }).nearest("lacuna", "market-review")).toBe(
    "kronos",
  );
  expect(await minds.everyone()).toEqual(["kronos", "nexus"]);
});
