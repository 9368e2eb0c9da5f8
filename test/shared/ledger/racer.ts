/** One of the processes that race a cap: pays for calls as agents do, some of which fail, until nothing fits. */
import { createTill } from "../../../shared/agent/purse.ts";
import { seeded, systemClock } from "../../../shared/base/index.ts";
import { noUsage } from "../../../shared/engine/index.ts";
import { openLedger } from "../../../shared/ledger/index.ts";

const [path = "", agent = ""] = process.argv.slice(2);
const WORST_USD = 0.05;
const FAIL = 0.1;
const REFUSALS_MAX = 3;

const ledger = await openLedger({ path, clock: systemClock, durability: "off" });
const till = createTill({ agent, spend: ledger.spend, caps: { dayUsd: 5, sessionUsd: 100, agentDayUsd: 0 } });
const random = seeded(agent.charCodeAt(agent.length - 1));

async function call() {
  await new Promise((next) => setImmediate(next));
  if (random() < FAIL) throw new Error("the model is down");
  return { value: undefined, usage: { ...noUsage, costUsd: random() * WORST_USD }, by: "scripted" };
}

process.stdout.write("ready\n");
await new Promise((go) => process.once("message", go));
for (let refusals = 0; refusals < REFUSALS_MAX; ) {
  const about = { purpose: "answer", message: null, room: "", worstUsd: WORST_USD };
  const paid = await till(about, call).catch(() => undefined);
  if (paid?.paid === false) refusals++;
}
process.stdout.write("nothing fits any more\n");
ledger.close();
process.disconnect();
