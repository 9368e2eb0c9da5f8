/** What a night finds: duplicates and contradictions planted among facts that only look like them. */
import { join } from "node:path";
import { seeded } from "../shared/base/index.ts";
import { type NewFact, openMemory } from "../shared/memory/index.ts";

/** `precision`: of what a night changed, how much was planted; `found`: of what was planted, how much it changed. In %. */
type Found = { planted: number; changed: number; precision: number; found: number };
export type Nights = { duplicates: Found; contradictions: Found };

const PEOPLE = 60;
const DAY_MS = 86_400_000;
const START = Date.UTC(2025, 0, 6);
const places = ["Lisbon", "Porto", "Brno", "Graz", "Turku", "Ghent"];
const things = ["peanuts", "birch pollen", "cats", "wool", "penicillin", "latex"];
const signal = new AbortController().signal;

type Planted = "duplicate" | "contradicted" | "apart";

/** A person says where they live and moves, repeats an allergy in other letters, and names two invoices that differ by a number. */
export async function measureNights(home: string, seed = 3): Promise<Nights> {
  const random = seeded(seed);
  const clock = { now: () => START + 90 * DAY_MS, sleep: () => new Promise<void>(() => {}) };
  const memory = await openMemory({ path: join(home, "nights.db"), clock, durability: "off" });
  const planted = new Map<string, Planted>();
  for (let n = 0; n < PEOPLE; n++) {
    const pick = <Item>(items: readonly Item[]) => items[Math.floor(random() * items.length)] ?? items[0];
    const [from, thing] = [Math.floor(random() * places.length), pick(things)];
    const lines: [string, Planted][] = [
      [`I live in ${places[from]}`, "contradicted"],
      [`I live in ${places[(from + 1) % places.length]}`, "apart"],
      [`I am allergic to ${thing} and to ${pick(["plums", "figs"])} since ${1980 + n}`, "apart"],
      [`The invoice of the harbour was ${100 + n} euros`, "apart"],
      [`The invoice of the harbour was ${200 + n} euros`, "apart"],
      [`I like tea in the morning`, "apart"],
      [`I do not like tea in the morning`, "apart"],
    ];
    const allergy = lines[2]?.[0] ?? "";
    lines.push([`${allergy.replace("I am", "I'm").replace(" and", ", and")}!`, "duplicate"]);
    const facts = lines.map(([text], i): NewFact => {
      const source = { thread: null, message: null, by: `Person ${n}`, quote: null };
      return {
        text,
        kind: "knowledge",
        subject: `p${n}`,
        origin: "person",
        audience: "public",
        source,
        validFrom: START + i * DAY_MS,
      };
    });
    const kept = await memory.facts.keep(facts);
    for (const [i, { id }] of kept.entries()) planted.set(id, lines[i]?.[1] ?? "apart");
  }
  while ((await memory.index(500, signal)) > 0);
  const night = await memory.consolidate({ signal });
  memory.close();
  const changedBy = (name: string) =>
    night.steps.filter(({ step, rolledBack }) => step === name && !rolledBack).flatMap(({ changes }) => changes);
  const figures = (changed: readonly { id: string }[], kind: Planted): Found => {
    const hits = changed.filter(({ id }) => planted.get(id) === kind).length;
    const all = [...planted.values()].filter((one) => one === kind).length;
    const share = (of: number) => (of === 0 ? 100 : Number(((100 * hits) / of).toFixed(1)));
    return { planted: all, changed: changed.length, precision: share(changed.length), found: share(all) };
  };
  return {
    duplicates: figures(changedBy("merge duplicates"), "duplicate"),
    contradictions: figures(changedBy("close contradicted intervals"), "contradicted"),
  };
}
