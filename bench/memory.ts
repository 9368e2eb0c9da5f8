/** What recall finds: evidence recall and MRR on labelled conversations, beside full text alone and vectors alone, and what it costs. */
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { measureNights } from "./memory-nights.ts";
import { measureScale } from "./memory-scale.ts";
import { measureSet, type SetFigures, sumOf } from "./memory-set.ts";

const usage = `npm run bench:memory -- --corpus DIR [--split dev] [--json] [--no-scale]

  DIR    a folder with <split>.conversations.jsonl and <split>.queries.jsonl, or a folder of such folders (mem_*)
  --json      print one JSON line, last, with every figure
  --no-scale  leave out latency and memory at 1,000, 10,000 and 100,000 facts`;

const { values } = parseArgs({
  options: {
    corpus: { type: "string" },
    split: { type: "string", default: "dev" },
    json: { type: "boolean", default: false },
    "no-scale": { type: "boolean", default: false },
  },
});
process.exitCode = await main();

async function main(): Promise<number> {
  if (values.corpus === undefined) {
    console.error(`No corpus was named.\n\n${usage}`);
    return 2;
  }
  const folders = foldersIn(resolve(values.corpus), values.split);
  if (folders.length === 0) {
    console.error(
      `${values.corpus} has no ${values.split}.conversations.jsonl, and neither has a folder mem_* inside it. Name a folder that has.\n\n${usage}`,
    );
    return 2;
  }
  const home = mkdtempSync(join(tmpdir(), "kaos-bench-memory-"));
  try {
    const sets: Record<string, SetFigures> = {};
    for (const folder of folders) {
      const figures = await measureSet(folder, { split: values.split, home });
      const name = folder.split(/[\\/]/).at(-1) ?? folder;
      sets[name] = figures;
      tell(name, figures);
    }
    const nights = await measureNights(home);
    for (const [what, { planted, precision, found }] of Object.entries(nights))
      console.log(
        `\na night among ${planted} planted ${what}: ${found} % found, ${precision} % of what it changed was planted`,
      );
    const scale = values["no-scale"] ? undefined : await measureScale(home);
    for (const { facts, p50Ms, p99Ms, residentMb } of scale?.steps ?? []) {
      console.log(`${facts} facts: recall p50 ${p50Ms} ms, p99 ${p99Ms} ms; resident ${residentMb} MB`);
    }
    if (scale !== undefined) {
      console.log(
        `from 1,000 to 100,000 facts recall takes ${scale.growth} times as long; opening takes ${scale.openMs} ms`,
      );
    }
    const all = sumOf(Object.values(sets));
    if (values.json)
      console.log(JSON.stringify({ split: values.split, ...all, sets, nights, ...(scale && { scale }) }));
    return 0;
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

function foldersIn(folder: string, split: string): string[] {
  const isSet = (path: string) => existsSync(join(path, `${split}.conversations.jsonl`));
  if (isSet(folder)) return [folder];
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.startsWith("mem_") && isSet(join(folder, name)))
    .map((name) => join(folder, name));
}

function tell(name: string, { bm25, vectors, full, questions }: SetFigures): void {
  console.log(`\n${name}: ${questions} questions with evidence`);
  for (const [retriever, figures] of Object.entries({ bm25, vectors, full })) {
    const lines = { all: figures, ...(retriever === "full" ? figures.categories : {}) };
    for (const [category, f] of Object.entries(lines)) {
      const numbers = (["recall@5", "recall@10", "recall@25", "mrr"] as const).map((key) =>
        f[key].toFixed(1).padStart(6),
      );
      console.log(`  ${retriever.padEnd(8)} ${category.padEnd(16)} R@5, R@10, R@25, MRR: ${numbers.join(" ")}`);
    }
    console.log(`  ${retriever.padEnd(8)} p50 ${figures.p50Ms} ms, p99 ${figures.p99Ms} ms, ${figures.empty} % empty`);
  }
  console.log(
    `  full     ${full.tokensPerRecall} tokens a recall within the budget, ${full.tokensPerHit} a recollection`,
  );
}
