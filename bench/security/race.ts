/** Six processes spend from one purse until the time is up, and look at every commit whether the cap was passed. */
import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { seeded, systemClock } from "../../shared/base/index.ts";
import { openLedger } from "../../shared/ledger/index.ts";
import { openDatabase } from "../../shared/sqlite/index.ts";

const PROCESSES = 6;
const CAP_USD = 5;
/** Small beside the cap, so that they race at its edge for most of the time. */
const WORST_USD = 0.01;

type Raced = { calls: number; refused: number; highestUsd: number };

/** What became of the cap: dollars spent, the most that was ever spent and set aside, and by how much that is over. */
export async function raceTheCap(seconds: number) {
  const folder = mkdtempSync(join(tmpdir(), "kaos-cap-"));
  try {
    const path = join(folder, "swarm.db");
    (await openLedger({ path, clock: systemClock })).close();
    const children = Array.from({ length: PROCESSES }, (_, seat) =>
      fork(fileURLToPath(import.meta.url), ["racer", path, String(seat), String(seconds)], { stdio: "inherit" }),
    );
    const raced = await Promise.all(children.map(async (child) => ((await once(child, "message")) as [Raced])[0]));
    const ledger = await openLedger({ path, clock: systemClock });
    const spentUsd = (await ledger.spend.since(0)).reduce((sum, { costUsd }) => sum + costUsd, 0);
    ledger.close();
    const highestUsd = Math.max(spentUsd, ...raced.map((one) => one.highestUsd));
    return {
      processes: PROCESSES,
      seconds,
      capUsd: CAP_USD,
      calls: raced.reduce((sum, { calls }) => sum + calls, 0),
      refused: raced.reduce((sum, { refused }) => sum + refused, 0),
      spentUsd: cents(spentUsd),
      highestUsd: cents(highestUsd),
      overshootUsd: cents(Math.max(0, highestUsd - CAP_USD)),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Sums of many small numbers are inexact far below a hundredth of a cent. */
function cents(usd: number): number {
  return Math.round(usd * 1e6) / 1e6;
}

/** One of the six: sets aside, "calls", settles and books, and looks after each commit. */
async function runRacer(path: string, seat: number, seconds: number): Promise<Raced> {
  const ledger = await openLedger({ path, clock: systemClock, durability: "off" });
  const look = openDatabase(path, { durability: "off", readonly: true });
  const taken = look
    .prepare<[], number>(
      "SELECT coalesce((SELECT sum(cost_usd) FROM spend), 0) + coalesce((SELECT sum(usd) FROM reservations), 0)",
    )
    .pluck();
  const random = seeded(seat);
  const caps = { dayUsd: CAP_USD, sessionUsd: 1_000, agentDayUsd: 0 };
  const ask = { agent: `agent${seat}`, purpose: "answer", room: "" };
  const until = systemClock.now() + seconds * 1_000;
  const raced: Raced = { calls: 0, refused: 0, highestUsd: 0 };
  while (systemClock.now() < until) {
    const set = await ledger.spend.reserve({ ...ask, worstUsd: WORST_USD }, caps);
    raced.highestUsd = Math.max(raced.highestUsd, taken.get() ?? 0);
    // The others get their turn while this call is "under way".
    await new Promise((next) => setImmediate(next));
    if (!set.reserved) {
      raced.refused++;
      continue;
    }
    const costUsd = random() * WORST_USD;
    await ledger.spend.settle(set.id, costUsd);
    const usage = { inputTokens: 10, cachedTokens: 0, outputTokens: 10, costUsd };
    await ledger.spend.add({ ...ask, message: null, by: "scripted", ...usage, reservations: [set.id] });
    raced.highestUsd = Math.max(raced.highestUsd, taken.get() ?? 0);
    raced.calls++;
  }
  look.close();
  ledger.close();
  return raced;
}

if (process.argv[2] === "racer") {
  const [path = "", seat = "", seconds = ""] = process.argv.slice(3);
  process.send?.(await runRacer(path, Number(seat), Number(seconds)));
  process.disconnect();
}
