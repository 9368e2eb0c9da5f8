/** One labelled set: every conversation into a memory of its own, every question through the code that answers people. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Clock } from "../shared/base/index.ts";
import {
  type Memory,
  type NewFact,
  openMemory,
  RECALL_TOKENS_MAX,
  type Reader,
  tokensOf,
} from "../shared/memory/index.ts";

type Turn = {
  id: string;
  session: number | string;
  time: string | null;
  speaker: string;
  text: string;
  caption?: string;
};
type Conversation = { conv: string; turns: Turn[] };
type Query = { conv: string; category: string; question: string; evidence: string[] };

export type Figures = { "recall@5": number; "recall@10": number; "recall@25": number; mrr: number };
type Retriever = Figures & {
  categories: Record<string, Figures & { questions: number }>;
  p50Ms: number;
  p99Ms: number;
  /** Questions that found nothing at all, in %. */
  empty: number;
};
export type SetFigures = {
  questions: number;
  bm25: Retriever;
  vectors: Retriever;
  full: Retriever & { tokensPerRecall: number; tokensPerHit: number };
};

type Answer = {
  category: string;
  found: readonly string[];
  evidence: readonly string[];
  ms: number;
  tokens: number;
  hits: number;
};

const reader: Reader = { person: "bench", isOwner: true, room: null };
const TOP = 25;
const MINUTE_MS = 60_000;
const signal = new AbortController().signal;

export async function measureSet(
  folder: string,
  { split, home }: { split: string; home: string },
): Promise<SetFigures> {
  const conversations = rows<Conversation>(join(folder, `${split}.conversations.jsonl`));
  const queries = rows<Query>(join(folder, `${split}.queries.jsonl`));
  const answers: Record<"bm25" | "vectors" | "full", Answer[]> = { bm25: [], vectors: [], full: [] };
  for (const [i, conversation] of conversations.entries()) {
    const { memory, turnsOf } = await remembered(conversation, join(home, `${split}-${i}-${Date.now()}.db`));
    const known = new Set(conversation.turns.map(({ id }) => id));
    const asked = queries.filter(({ conv }) => conv === conversation.conv);
    for (const { category, question, evidence: all } of asked) {
      const evidence = [...new Set(all)].filter((id) => known.has(id));
      if (evidence.length === 0) continue;
      const answer = (found: readonly string[], ms: number, tokens = 0, hits = 0): Answer => ({
        category,
        found: found.flatMap((id) => turnsOf.get(id) ?? []),
        evidence,
        ms,
        tokens,
        hits,
      });
      for (const [retriever, layer] of [
        ["bm25", "facts"],
        ["vectors", "vectors"],
      ] as const) {
        const started = performance.now();
        const hits = await memory.layer(layer).search(question, { reader, limit: TOP, signal });
        answers[retriever].push(
          answer(
            hits.map(({ id }) => id),
            performance.now() - started,
          ),
        );
      }
      const started = performance.now();
      const recall = await memory.recall(question, { reader, limit: TOP, tokensMax: Number.POSITIVE_INFINITY });
      const ms = performance.now() - started;
      let [tokens, hits] = [0, 0];
      for (const { line } of recall.recollections) {
        if (tokens + tokensOf(line) > RECALL_TOKENS_MAX) continue;
        tokens += tokensOf(line);
        hits++;
      }
      answers.full.push(
        answer(
          recall.recollections.map(({ fact }) => fact.id),
          ms,
          tokens,
          hits,
        ),
      );
    }
    memory.close();
  }
  const total = (pick: (answer: Answer) => number) => answers.full.reduce((sum, answer) => sum + pick(answer), 0);
  return {
    questions: answers.full.length,
    bm25: figuresOf(answers.bm25),
    vectors: figuresOf(answers.vectors),
    full: {
      ...figuresOf(answers.full),
      tokensPerRecall: rounded(total(({ tokens }) => tokens) / Math.max(1, answers.full.length)),
      tokensPerHit: rounded(
        total(({ tokens }) => tokens) /
          Math.max(
            1,
            total(({ hits }) => hits),
          ),
      ),
    },
  };
}

/** Over several sets, each question counts once. */
export function sumOf(sets: readonly SetFigures[]): Pick<SetFigures, "questions" | "bm25" | "vectors" | "full"> {
  const [only] = sets;
  if (only !== undefined && sets.length === 1) return only;
  const questions = sets.reduce((sum, set) => sum + set.questions, 0);
  const mean = (pick: (set: SetFigures) => number) =>
    rounded(sets.reduce((sum, set) => sum + pick(set) * set.questions, 0) / Math.max(1, questions));
  const merged = (retriever: "bm25" | "vectors" | "full"): Retriever => ({
    "recall@5": mean((set) => set[retriever]["recall@5"]),
    "recall@10": mean((set) => set[retriever]["recall@10"]),
    "recall@25": mean((set) => set[retriever]["recall@25"]),
    mrr: mean((set) => set[retriever].mrr),
    categories: Object.assign({}, ...sets.map((set) => set[retriever].categories)),
    p50Ms: mean((set) => set[retriever].p50Ms),
    p99Ms: Math.max(...sets.map((set) => set[retriever].p99Ms)),
    empty: mean((set) => set[retriever].empty),
  });
  return {
    questions,
    bm25: merged("bm25"),
    vectors: merged("vectors"),
    full: {
      ...merged("full"),
      tokensPerRecall: mean((set) => set.full.tokensPerRecall),
      tokensPerHit: mean((set) => set.full.tokensPerHit),
    },
  };
}

/** A conversation as this product would have kept it: each turn something said at its time; a line without a time a fact that stands alone. */
async function remembered(
  conversation: Conversation,
  path: string,
): Promise<{ memory: Memory; turnsOf: Map<string, string[]> }> {
  const times = timesOf(conversation.turns);
  const last = Math.max(Date.UTC(2000, 0, 1), ...times.filter((time) => time !== undefined));
  const clock: Clock = { now: () => last + 60 * MINUTE_MS, sleep: (ms, stop) => sleeping(ms, stop) };
  const memory = await openMemory({ path, clock, durability: "off" });
  const facts = conversation.turns.map((turn, i): NewFact => {
    const at = times[i];
    return {
      text: turn.caption ? `${turn.text} [image: ${turn.caption}]` : turn.text,
      kind: at === undefined ? "knowledge" : "said",
      subject: "bench",
      origin: turn.speaker.toLowerCase() === "assistant" ? "agent" : "person",
      audience: "person:bench",
      source: { thread: at === undefined ? null : conversation.conv, message: turn.id, by: turn.speaker, quote: null },
      ...(at !== undefined && { validFrom: at }),
    };
  });
  const kept = await memory.facts.keep(facts);
  while ((await memory.index(1_000, signal)) > 0);
  const turnsOf = new Map<string, string[]>();
  for (const [i, { id }] of kept.entries())
    turnsOf.set(id, [...(turnsOf.get(id) ?? []), conversation.turns[i]?.id ?? ""]);
  return { memory, turnsOf };
}

/** When each turn was said: its session's time and a second for each turn before it; sessions without a readable time follow each other by days. */
function timesOf(turns: readonly Turn[]): (number | undefined)[] {
  // One speaker and no time: a list of facts, not a conversation.
  const speakers = new Set(turns.map(({ speaker }) => speaker));
  if (speakers.size === 1 && turns.every(({ time }) => time === null)) return turns.map(() => undefined);
  let session: Turn["session"] | undefined;
  let at = Date.UTC(2020, 0, 1);
  return turns.map((turn) => {
    const told = turn.time === null ? undefined : timeOf(turn.time);
    if (turn.session !== session) at = told ?? at + 24 * 60 * MINUTE_MS;
    else at = Math.max(at + 1_000, told ?? 0);
    session = turn.session;
    return at;
  });
}

/** "7:31 pm on 21 January, 2022", ISO, or whatever else Date reads. */
function timeOf(text: string): number | undefined {
  const spoken = /^(\d+):(\d+)\s*([ap]m) on (\d+) (\w+),? (\d+)$/i.exec(text.trim());
  const plain = spoken ? `${spoken[4]} ${spoken[5]} ${spoken[6]} ${spoken[1]}:${spoken[2]} ${spoken[3]} UTC` : text;
  const time = Date.parse(plain);
  return Number.isNaN(time) ? undefined : time;
}

function figuresOf(answers: readonly Answer[]): Retriever {
  const categories = Map.groupBy(answers, ({ category }) => category);
  const ms = answers.map((answer) => answer.ms).toSorted((a, b) => a - b);
  const empty = answers.filter(({ found }) => found.length === 0).length;
  return {
    ...meanOf(answers),
    categories: Object.fromEntries(
      [...categories].map(([category, own]) => [category, { ...meanOf(own), questions: own.length }]),
    ),
    p50Ms: rounded(ms[Math.floor(ms.length / 2)] ?? 0, 2),
    p99Ms: rounded(ms[Math.floor(ms.length * 0.99)] ?? 0, 2),
    empty: rounded((100 * empty) / Math.max(1, answers.length)),
  };
}

function meanOf(answers: readonly Answer[]): Figures {
  const mean = (score: (answer: Answer) => number) =>
    rounded((100 * answers.reduce((sum, answer) => sum + score(answer), 0)) / Math.max(1, answers.length));
  const recallAt = (k: number) =>
    mean(({ found, evidence }) => {
      const top = new Set(found.slice(0, k));
      return evidence.filter((id) => top.has(id)).length / evidence.length;
    });
  return {
    "recall@5": recallAt(5),
    "recall@10": recallAt(10),
    "recall@25": recallAt(25),
    mrr: mean(({ found, evidence }) => {
      const first = found.findIndex((id) => evidence.includes(id));
      return first < 0 ? 0 : 1 / (first + 1);
    }),
  };
}

function rows<Row>(path: string): Row[] {
  return readFileSync(path, "utf8")
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => JSON.parse(line) as Row);
}

function rounded(number: number, digits = 1): number {
  return Number(number.toFixed(digits));
}

/** Only the deadlines of layers sleep here; they are told to stop as soon as the layer has answered. */
function sleeping(ms: number, stop?: AbortSignal): Promise<void> {
  return new Promise((done, failed) => {
    const timer = setTimeout(done, ms);
    stop?.addEventListener("abort", () => {
      clearTimeout(timer);
      failed(stop.reason);
    });
  });
}
