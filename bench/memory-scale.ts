/** What recall costs as memory grows: the same questions at 1,000, 10,000 and 100,000 facts. */
import { join } from "node:path";
import { seeded, systemClock } from "../shared/base/index.ts";
import { type NewFact, openMemory, type Reader } from "../shared/memory/index.ts";

type Step = { facts: number; p50Ms: number; p99Ms: number; residentMb: number; found: number };
export type Scale = { steps: Step[]; growth: number; openMs: number };

const STEPS = [1_000, 10_000, 100_000];
const QUESTIONS = 200;
const BATCH = 1_000;
const reader: Reader = { person: "bench", isOwner: true, room: null };
const signal = new AbortController().signal;

/** Made-up sentences of a few hundred common words and thousands of rare ones, as in real talk; four in five are turns of conversations. */
export async function measureScale(home: string): Promise<Scale> {
  const path = join(home, "scale.db");
  const random = seeded(7);
  const words = vocabulary();
  const sentence = () => Array.from({ length: 6 + Math.floor(random() * 16) }, () => words(random())).join(" ");
  const kept: { text: string; id: string }[] = [];
  const steps: Step[] = [];
  let memory = await openMemory({ path, clock: systemClock, durability: "off" });
  const started = Date.UTC(2025, 0, 1);
  for (const size of STEPS) {
    while (kept.length < size) {
      const facts = Array.from({ length: BATCH }, (_, i): NewFact => {
        const n = kept.length + i;
        const isSaid = n % 5 !== 0;
        return {
          text: sentence(),
          kind: isSaid ? "said" : "knowledge",
          subject: "bench",
          origin: "person",
          audience: "person:bench",
          source: { thread: isSaid ? `chat-${n % 7}` : null, message: null, by: n % 2 ? "Ada" : "Bob", quote: null },
          validFrom: started + Math.floor(n / 40) * 6 * 3_600_000 + (n % 40) * 60_000,
        };
      });
      const ids = await memory.facts.keep(facts);
      for (const [i, { id }] of ids.entries()) kept.push({ id, text: facts[i]?.text ?? "" });
      while ((await memory.index(BATCH, signal)) > 0);
    }
    const ms: number[] = [];
    let found = 0;
    for (let i = 0; i < QUESTIONS; i++) {
      const wanted = kept[Math.floor(random() * kept.length)] ?? { id: "", text: "" };
      const question = `What did we say about ${wanted.text.split(" ").slice(2, 8).join(" ")}?`;
      const from = performance.now();
      const { recollections } = await memory.recall(question, { reader });
      ms.push(performance.now() - from);
      if (recollections.some(({ fact }) => fact.id === wanted.id)) found++;
    }
    ms.sort((a, b) => a - b);
    steps.push({
      facts: size,
      p50Ms: Number((ms[QUESTIONS / 2] ?? 0).toFixed(2)),
      p99Ms: Number((ms[Math.floor(QUESTIONS * 0.99)] ?? 0).toFixed(2)),
      residentMb: Math.round(process.memoryUsage.rss() / 1_048_576),
      found: found / QUESTIONS,
    });
  }
  memory.close();
  const from = performance.now();
  memory = await openMemory({ path, clock: systemClock, durability: "off" });
  await memory.recall("What did we say about it?", { reader });
  const openMs = Math.round(performance.now() - from);
  memory.close();
  const [first, , last] = steps;
  return { steps, growth: Number(((last?.p50Ms ?? 0) / (first?.p50Ms || 1)).toFixed(1)), openMs };
}

/** Words by Zipf's law, which real text follows: the n-th word is said in proportion to 1/n. */
function vocabulary(): (dice: number) => string {
  const syllables = [
    "ka",
    "lo",
    "mir",
    "ten",
    "sha",
    "vel",
    "dor",
    "pi",
    "gra",
    "un",
    "sto",
    "bre",
    "fi",
    "nal",
    "qui",
    "zem",
  ];
  const count = 20_000;
  const word = (n: number) => {
    let text = "";
    for (let rest = n + 17; rest > 0; rest = Math.floor(rest / 16)) text += syllables[rest % 16];
    return text;
  };
  const scale = Math.log(count + 1);
  return (dice) => word(Math.floor(Math.exp(dice * scale)) - 1);
}
