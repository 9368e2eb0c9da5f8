/** One turn of the product: our client of the same API, the gate, the audit log and the record of the turn on real files. */
import { join } from "node:path";
import { z } from "zod";
import { openAudit } from "../../shared/audit/index.ts";
import { seeded, silentLog, systemClock } from "../../shared/base/index.ts";
import { defaultLimits, defineTool, runTurn } from "../../shared/engine/index.ts";
import { createModels, resolveChain } from "../../shared/llm/index.ts";
import { createGate, createRedactor, judgeLoop, sanitize } from "../../shared/security/index.ts";
import { openTurns } from "../../shared/turns/index.ts";
import { TOOL } from "./provider.ts";

export const PROMPT = `You are an agent of a swarm.\n${"You are brief, honest and useful.\n".repeat(100)}`;
export const QUESTION = "Where does it stand?";

const KEY = "sk-bench-0123456789";

const lookUp = defineTool({
  name: TOOL.name,
  description: TOOL.description,
  input: z.strictObject({ of: z.string() }),
  effects: "none",
  risk: "safe",
  // The dearest way: what it brings is sanitized and fenced.
  source: "outside",
  parallel: true,
  run: async () => ({ text: TOOL.result }),
});

/** Everything is opened once, as in a process of an agent; `run` is one turn to its answer. */
export async function openEngine(baseUrl: string, folder: string) {
  const chain = resolveChain("standard", ["bench"], {
    PROVIDER_BENCH_BASE_URL: baseUrl,
    PROVIDER_BENCH_API_KEY: KEY,
    PROVIDER_BENCH_MODEL: "small",
  });
  if ("problem" in chain) throw new Error(chain.problem);
  const { standard } = createModels({
    settings: { lite: [], standard: chain.chain, offlineWordsPerSecond: 0 },
    clock: systemClock,
    random: seeded(1),
    log: silentLog,
  });
  const turns = await openTurns({ path: join(folder, "turns.db"), clock: systemClock, sole: true });
  const redact = createRedactor({ secrets: [KEY] });
  const audit = openAudit({ path: join(folder, "tool_calls.jsonl"), agent: "bench", clock: systemClock, redact });
  const gate = createGate({ states: () => [] });
  let begun = 0;
  return {
    async run(): Promise<string> {
      const id = `turn ${++begun}`;
      const entries = [{ role: "user" as const, text: QUESTION }];
      const started = await turns.start({ id, about: {}, entries, sources: [] });
      if (!started.started) throw new Error(started.because);
      const end = await runTurn({
        id,
        agent: "bench",
        model: standard,
        systemPrompt: PROMPT,
        entries,
        tools: [lookUp],
        limits: defaultLimits,
        gate,
        journal: audit,
        record: started.record,
        clock: systemClock,
        sanitize,
        judgeLoop,
        sources: [],
        onEvent: () => {},
        signal: new AbortController().signal,
      });
      await turns.end(id, end.kind, "");
      if (end.kind !== "answered") throw new Error(`the turn ended as ${end.kind}`);
      return end.text;
    },
    close() {
      audit.close();
      turns.close();
    },
  };
}
