/** What happens again and again under a signal that lives as long as the process leaves nothing behind on it. */
import { getEventListeners } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { stopWith, systemClock } from "../../../shared/base/index.ts";
import { startDeadline } from "../../../shared/engine/index.ts";
import { openDatabase, watchDatabase } from "../../../shared/sqlite/index.ts";

test("a controller stops with the signal it follows, for its reason, and no more once it has left", () => {
  const life = new AbortController();
  const [one, other] = [new AbortController(), new AbortController()];
  stopWith(one, life.signal);
  const leave = stopWith(other, life.signal);
  leave();
  life.abort("the end");
  expect([one.signal.aborted, one.signal.reason, other.signal.aborted]).toEqual([true, "the end", false]);
  const late = new AbortController();
  stopWith(late, life.signal);
  expect(late.signal.reason).toBe("the end");
});

test("waiting for changes and deadlines leave nothing on the signal of the process", async () => {
  const folder = mkdtempSync(join(tmpdir(), "kaos-signals-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const db = openDatabase(join(folder, "some.db"), { durability: "off" });
  const watch = watchDatabase(db, systemClock);
  const life = new AbortController();
  for (let i = 0; i < 50; i++) {
    const waiting = watch.past(watch.version(), { signal: life.signal, atMostMs: 60_000 });
    watch.touch();
    await waiting;
    startDeadline(systemClock, 60_000, life.signal).end();
  }
  expect(getEventListeners(life.signal, "abort")).toEqual([]);
  // What AbortSignal.any leaves is behind a symbol of Node's own.
  const kept = Object.getOwnPropertySymbols(life.signal).filter((symbol) => String(symbol).includes("Dependant"));
  expect(kept.map((symbol) => (life.signal as never as Record<symbol, Set<unknown>>)[symbol]?.size ?? 0)).not.toContain(
    50,
  );
  watch.close();
  db.close();
});
