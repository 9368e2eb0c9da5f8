/** `npm run soak:telegram -- [--hours 24] [--seed 1] [--json]`. Exit code 1 when a message was missed, repeated or not answered. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { soak } from "./soak.ts";

const { values } = parseArgs({
  options: {
    hours: { type: "string", default: "24" },
    seed: { type: "string", default: "1" },
    json: { type: "boolean", default: false },
  },
});

const folder = mkdtempSync(join(tmpdir(), "kaos-soak-"));
try {
  const result = await soak({
    hours: Number(values.hours),
    seed: Number(values.seed),
    folder,
    onHour: ({ hour, said, heapMb }) => process.stderr.write(`hour ${hour}: ${said} messages, ${heapMb} MB\n`),
  });
  process.stdout.write(`${values.json ? JSON.stringify(result) : JSON.stringify(result, null, 2)}\n`);
  const { missed, repeated, unanswered } = result;
  process.exitCode = missed.length + repeated.length + unanswered.length === 0 ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
