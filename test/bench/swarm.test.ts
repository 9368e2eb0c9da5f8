/** bench/swarm compares like with like only while both contenders run the same statements in the same transactions. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { AGENTS, type Contender, type OpenContender } from "../../bench/swarm/contender.ts";
import { figuresOf } from "../../bench/swarm/figures.ts";
import { production } from "../../bench/swarm/production.ts";
import { raw } from "../../bench/swarm/raw.ts";
import { ledgerStatements, oneLine } from "../../bench/swarm/statements.ts";
import { systemClock } from "../../shared/base/index.ts";
import { openLedger } from "../../shared/ledger/index.ts";
import type { Database } from "../../shared/sqlite/index.ts";
import { card, said } from "../doubles/ledger.ts";

/** How the ledger notices changes, its own and others': that is around the work, not part of it. */
const NOTICING = [
  "SELECT total_changes()",
  "PRAGMA data_version",
  "UPDATE tide SET level = level + 1",
  "SELECT level FROM tide",
];

test("the raw contender runs the ledger's statements, in its transactions and in its order", async () => {
  const folder = mkdtempSync(join(tmpdir(), "kaos-bench-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const statement = await ledgerStatements(join(folder, "statements.db"));
  const shipped = await playOnce(join(folder, "production.db"), production("off"));
  const ceiling = await playOnce(join(folder, "raw.db"), raw("off", statement));
  expect(shipped.verdicts).toEqual(["waiting", "held", "held", "ended"]);
  expect(ceiling).toEqual(shipped);
});

test("a figure is the median of its rounds, and a ratio the median of its pairs", () => {
  const six = (decideMs: number) =>
    AGENTS.map(() => ({ placeMs: 10, decideMs, decisions: 100, takesMs: [1, 2, 3, 4] }));
  const {
    production: shipped,
    raw: ceiling,
    ratio,
  } = figuresOf([
    { name: "production", efforts: six(1_000) },
    { name: "raw", efforts: six(500) },
    { name: "production", efforts: six(2_000) },
    { name: "raw", efforts: six(2_000) },
    { name: "production", efforts: six(1_000) },
    { name: "raw", efforts: six(800) },
  ]);
  expect(shipped).toMatchObject({ decisionsPerSecond: 600, fairness: 1, waitMs: { p50: 3, max: 4 } });
  expect(ceiling.decisionsPerSecond).toBe(750);
  expect(ratio).toBe(0.8);
});

/** Six volunteers and one message: what each statement and verdict was. */
async function playOnce(path: string, open: OpenContender) {
  const ledger = await openLedger({ path, clock: systemClock, durability: "off" });
  for (const agent of AGENTS) await ledger.agents.arrive(card(agent), 1);
  const { seq } = await ledger.messages.record(said("ship or fix?", { saidAt: systemClock.now() }));
  const ran: string[] = [];
  const contenders: Contender[] = [];
  for (const agent of AGENTS) contenders.push(await open({ path, agent }, (db) => listen(db, ran)));
  ran.length = 0;
  const claims: number[] = [];
  const verdicts: string[] = [];
  const take = async (index: number) => {
    const verdict = await contenders[index]?.take(claims[index] ?? 0);
    verdicts.push(verdict?.kind ?? "none");
    return verdict?.kind === "held" ? verdict.fence : 0;
  };
  for (const [index, contender] of contenders.entries()) {
    claims[index] = await contender.place(seq);
    // Nobody may take while others have not decided yet.
    if (index === 0) await take(0);
    await untilNextMs();
  }
  for (const index of [0, 1]) await contenders[index]?.answer(claims[index] ?? 0, await take(index));
  await take(5);
  for (const contender of contenders) contender.close();
  ledger.close();
  return { ran, verdicts };
}

/** Writes down each statement that runs on this connection, and where its transactions begin. */
function listen(db: Database, ran: string[]): void {
  const transaction = db.transaction.bind(db);
  db.transaction = ((step: (...args: unknown[]) => unknown) =>
    transaction((...args: unknown[]) => {
      ran.push("BEGIN");
      return step(...args);
    })) as typeof db.transaction;
  const prepare = db.prepare.bind(db);
  db.prepare = ((sql: string) => {
    const words = oneLine(sql);
    const statement = prepare(sql);
    if (NOTICING.includes(words)) return statement;
    for (const method of ["run", "get", "all"] as const) {
      const original = statement[method].bind(statement) as (...values: unknown[]) => unknown;
      Object.assign(statement, {
        [method]: (...values: unknown[]) => {
          ran.push(words);
          return original(...values);
        },
      });
    }
    return statement;
  }) as typeof db.prepare;
}

/** So that each claim has a time of its own. */
async function untilNextMs(): Promise<void> {
  const now = Date.now();
  while (Date.now() === now) await systemClock.sleep(1);
}
