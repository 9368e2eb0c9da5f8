/** How fast and how fairly six processes decide who answers, beside the same statements in raw better-sqlite3: `node dist/bench/swarm.js [--rounds 15] [--messages 60] [--sync normal] [--json]`. */
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { measureCost } from "./swarm/cost.ts";
import { figuresOf } from "./swarm/figures.ts";
import { race, runContender } from "./swarm/race.ts";

if (process.argv[2] === "contender") await runContender();
else await measure();

async function measure(): Promise<void> {
  const { values } = parseArgs({
    options: {
      rounds: { type: "string", default: "15" },
      messages: { type: "string", default: "60" },
      sync: { type: "string", default: "full" },
      json: { type: "boolean", default: false },
    },
  });
  const [rounds, messages] = [Number(values.rounds), Number(values.messages)];
  const durability = values.sync === "normal" ? "normal" : "full";
  const run = await race({ rounds, messages, durability }, import.meta.filename);
  const result = {
    machine: `${cpus().length} × ${cpus()[0]?.model ?? "unknown"}, Node ${process.version}`,
    processes: 6,
    rounds,
    messages,
    sync: durability,
    ...figuresOf(run),
    ...(await measureCost()),
  };
  process.stdout.write(`${values.json ? JSON.stringify(result) : JSON.stringify(result, null, 2)}\n`);
}
