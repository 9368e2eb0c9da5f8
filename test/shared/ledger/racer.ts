/** One of the processes that race a cap: reserves, "calls", settles and books until nothing fits, and tells the most it ever saw taken. */
import Sqlite from "better-sqlite3";
import { seeded, systemClock } from "../../../shared/base/index.ts";
import { openLedger } from "../../../shared/ledger/index.ts";

const [path = "", agent = ""] = process.argv.slice(2);
const caps = { dayUsd: 5, sessionUsd: 100, agentDayUsd: 0 };
const WORST_USD = 0.05;
const REFUSALS_MAX = 3;

const ledger = await openLedger({ path, clock: systemClock, durability: "off" });
const look = new Sqlite(path, { readonly: true });
const taken = look
  .prepare<[], number>(
    "SELECT coalesce((SELECT sum(cost_usd) FROM spend), 0) + coalesce((SELECT sum(usd) FROM reservations), 0)",
  )
  .pluck();
const random = seeded(agent.charCodeAt(agent.length - 1));
let [calls, refusals, highestUsd] = [0, 0, 0];

process.stdout.write("ready\n");
await new Promise((go) => process.once("message", go));
while (refusals < REFUSALS_MAX) {
  const held = await ledger.spend.reserve({ agent, purpose: "answer", room: "", worstUsd: WORST_USD }, caps);
  highestUsd = Math.max(highestUsd, taken.get() ?? 0);
  if (!held.reserved) {
    refusals++;
    continue;
  }
  await new Promise((next) => setImmediate(next));
  const costUsd = random() * WORST_USD;
  await ledger.spend.settle(held.id, costUsd);
  await ledger.spend.add({
    agent,
    purpose: "answer",
    message: null,
    by: "scripted",
    inputTokens: 10,
    cachedTokens: 0,
    outputTokens: 10,
    costUsd,
    reservations: [held.id],
  });
  highestUsd = Math.max(highestUsd, taken.get() ?? 0);
  calls++;
}
process.stdout.write(`${JSON.stringify({ calls, highestUsd })}\n`);
look.close();
ledger.close();
process.disconnect();
