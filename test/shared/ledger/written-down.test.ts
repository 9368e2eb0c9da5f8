/** What agents write down of themselves in the ledger: heads of their logs, how providers stand; and how long a question waits. */
import { rmSync } from "node:fs";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Ledger, openLedger } from "../../../shared/ledger/index.ts";
import { openTestLedger, type StandingClock, standingClock } from "../../doubles/ledger.ts";

let clock: StandingClock;
let ledger: Ledger;
let path: string;
let close: () => void;
beforeEach(async () => {
  clock = standingClock();
  ({ ledger, path, close } = await openTestLedger(clock));
});
afterEach(() => close());

const hash = (letter: string) => letter.repeat(64);

test("the first word about a line of a log stays, whoever says another later", async () => {
  await ledger.auditHeads.note("kronos", { seq: 7, hash: hash("a"), occasion: "hour" });
  clock.tick(1_000);
  await ledger.auditHeads.note("kronos", { seq: 7, hash: hash("b"), occasion: "close" });
  await ledger.auditHeads.note("kronos", { seq: 3, hash: hash("c"), occasion: "start" });
  expect(await ledger.auditHeads.of("kronos")).toEqual([
    { seq: 3, hash: hash("c"), occasion: "start", at: clock.now() },
    { seq: 7, hash: hash("a"), occasion: "hour", at: clock.now() - 1_000 },
  ]);
  expect(await ledger.auditHeads.of("nexus")).toEqual([]);
});

test("what an agent says of its providers takes the place of what it said before", async () => {
  const link = { place: 1, provider: "groq", model: "fast", failures: 0, restUntil: 0, answered: null, failed: null };
  await ledger.providers.report("nexus", [
    { ...link, tier: "lite" },
    { ...link, tier: "standard", failures: 2, failed: { at: 5, failure: "rate limited", because: "too often" } },
  ]);
  await ledger.providers.report("nexus", [{ ...link, tier: "standard", answered: { at: 9, latencyMs: 12 } }]);
  expect(await ledger.providers.all()).toEqual([
    { ...link, agent: "nexus", tier: "standard", answered: { at: 9, latencyMs: 12 }, toldAt: clock.now() },
  ]);
});

test("a question waits as long as the settings say", async () => {
  const hasty = await openLedger({ path, clock, durability: "off", approvalMs: 60_000 });
  const asked = { agent: "kronos", turn: "t", call: "c", tool: "act", arguments: "{}", message: null };
  const approval = await hasty.approvals.ask({ ...asked, because: "it acts", sources: [] });
  expect(approval.expiresAt).toBe(clock.now() + 60_000);
  clock.tick(60_000);
  expect(await hasty.approvals.expire()).toBe(1);
  hasty.close();
});

test("a ledger that another version changed, or that is gone, is not ready", async () => {
  expect(ledger.unready()).toBeUndefined();
  const newer = "INSERT INTO migrations (name, applied_at) VALUES ('9999-later', 0)";
  await expect(openLedger({ path, clock, tune: (db) => void db.exec(newer) })).rejects.toThrow("newer version of KAOS");
  expect(ledger.unready()).toBe("its schema is another version's");
  rmSync(path);
  expect(ledger.unready()).toBe("its file is gone");
});
