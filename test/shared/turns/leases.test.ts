/** Who may run a turn: one process at a time, and of two lives in one process the newer. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { assert } from "../../../shared/base/index.ts";
import { openTurns, type Turns } from "../../../shared/turns/index.ts";
import { standingClock } from "../../doubles/ledger.ts";

const turn = { id: "t", about: {}, entries: [{ role: "user" as const, text: "hello" }], sources: [] };
const call = { id: "c1", tool: "look-up", arguments: "{}" };
const MINUTE = 60_000;

function place() {
  const folder = mkdtempSync(join(tmpdir(), "kaos-leases-"));
  const clock = standingClock();
  const opened: Turns[] = [];
  onTestFinished(() => {
    for (const turns of opened) turns.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const open = async (sole = false) => {
    const turns = await openTurns({ path: join(folder, "turns.db"), clock, sole });
    opened.push(turns);
    return turns;
  };
  return { clock, open };
}

test("two processes cannot resume one turn; it is free again when it ends, is let go, or shows no sign of life", async () => {
  const { clock, open } = place();
  const [one, other] = [await open(), await open()];
  expect((await one.start(turn)).started).toBe(true);
  expect(await other.start(turn)).toEqual({
    started: false,
    because: expect.stringMatching(/^the turn "t" is being run by another process; it is free at 2026-01-05T09:10/),
  });
  await one.release("t");
  expect((await other.start(turn)).started).toBe(true);
  await other.end("t", "failed", "nobody answered");
  expect((await one.start(turn)).started).toBe(true);
  clock.tick(10 * MINUTE);
  expect((await other.start(turn)).started).toBe(true);
});

test("every step is a sign of life", async () => {
  const { clock, open } = place();
  const [one, other] = [await open(), await open()];
  const started = await one.start(turn);
  assert(started.started, "the first one gets it");
  for (let beat = 0; beat < 3; beat++) {
    clock.tick(6 * MINUTE);
    await started.record.begin(1, { ...call, id: `c${beat}` }, "key");
  }
  expect((await other.start(turn)).started).toBe(false);
});

test("of a hundred that ask at once, one gets it", async () => {
  const { open } = place();
  const all = await Promise.all(Array.from({ length: 8 }, () => open()));
  const asked = await Promise.all(
    Array.from({ length: 100 }, async (_, n) => (await all[n % 8]?.start({ ...turn, id: "u" }))?.started === true),
  );
  const winners = new Set(asked.flatMap((got, n) => (got ? [n % 8] : [])));
  expect(winners.size).toBe(1);
});

test("whoever has the agent's lock takes what a dead process held at once", async () => {
  const { open } = place();
  await (await open()).start(turn);
  expect((await (await open(true)).start(turn)).started).toBe(true);
});

test("of two lives in one process the older may begin nothing more", async () => {
  const { open } = place();
  const turns = await open(true);
  const [old, young] = [await turns.start(turn), await turns.start(turn)];
  assert(old.started && young.started, "one process may begin it again");
  await expect(old.record.begin(1, call, "key")).rejects.toThrow('the turn "t" goes on elsewhere');
  await young.record.begin(1, call, "key");
});

test("a fork shares steps and results up to where it leaves, and only there", async () => {
  const { open } = place();
  const turns = await open(true);
  const started = await turns.start(turn);
  assert(started.started, "it begins");
  const done = { kind: "ok" as const, text: "found", latencyMs: 1 };
  for (const step of [1, 2]) {
    const completion = { kind: "completed" as const, text: "", calls: [], by: "script", usage: NOTHING };
    await started.record.keepStep(step, { steered: [], completion });
    await started.record.begin(step, { ...call, id: `c${step}` }, "key");
    await started.record.end(step, { ...call, id: `c${step}` }, done, false);
  }
  expect(await turns.fork("t", { as: "f", at: 3 })).toEqual({
    forked: false,
    because: "it has the steps 1 to 2, and 0 is its beginning",
  });
  expect(await turns.fork("nobody", { as: "f", at: 0 })).toMatchObject({ forked: false });
  expect(await turns.fork("t", { as: "f", at: 1 })).toEqual({ forked: true });
  const fork = await turns.start({ ...turn, id: "f" });
  assert(fork.started, "it begins");
  expect(fork.entries).toEqual(turn.entries);
  expect([fork.record.step(1)?.completion.by, fork.record.step(2)]).toEqual(["script", undefined]);
  expect([fork.record.call("c1")?.state, fork.record.call("c2")]).toEqual(["ended", undefined]);
  // What must not be repeated is not forgotten while a fork lives.
  expect(await turns.forget(Number.MAX_SAFE_INTEGER)).toBe(2);
});

const NOTHING = { inputTokens: 0, cachedTokens: 0, outputTokens: 0, costUsd: 0 };
