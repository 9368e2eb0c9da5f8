/** What the agents remember of the person after this week. */
import type { Seeding } from "./seeding.ts";

type Known = {
  agent: string;
  text: string;
  kind: "preference" | "decision" | "event" | "plan" | "knowledge" | "identity";
  ago: number;
};

const known: readonly Known[] = [
  { agent: "kronos", ago: 146, kind: "decision", text: "We ship on Tuesdays, never on Fridays" },
  { agent: "kronos", ago: 120, kind: "plan", text: "The launch of Ferry is planned for 14 March" },
  { agent: "kronos", ago: 50, kind: "decision", text: "The roadmap page is replaced by three promises" },
  { agent: "kronos", ago: 4, kind: "decision", text: "Onboarding comes before the importer Ferry for two weeks" },
  { agent: "nexus", ago: 139, kind: "knowledge", text: "40 % of last month's trials came back in week two" },
  { agent: "nexus", ago: 47, kind: "knowledge", text: "The page gets 4,000 visits a week" },
  { agent: "nexus", ago: 30, kind: "knowledge", text: "The screen Connect-a-source loses 61 % of those who leave" },
  {
    agent: "resonant",
    ago: 54,
    kind: "knowledge",
    text: "Ana plans her week around the launch and wants to hear of changes before noon",
  },
  {
    agent: "resonant",
    ago: 118,
    kind: "preference",
    text: "The letter to readers goes out only when there is something to say",
  },
  { agent: "lacuna", ago: 124, kind: "preference", text: "Short lines without exclamation marks on the pricing page" },
  { agent: "lacuna", ago: 26, kind: "decision", text: "The importer is called Ferry" },
  { agent: "keystone", ago: 74, kind: "knowledge", text: "The export runs out of memory at 90,000 rows" },
  { agent: "keystone", ago: 20, kind: "decision", text: "Exports are capped at 20,000 rows until they stream" },
  { agent: "keystone", ago: 101, kind: "event", text: "A backup was restored in 41 seconds" },
  { agent: "impulse", ago: 97, kind: "preference", text: "Mornings are for things that can be finished before lunch" },
];

/** Who belongs to what, as a night of consolidation would have noted it. */
const relations: Readonly<Record<string, readonly { source: string; kind: string; target: string }[]>> = {
  "The launch of Ferry is planned for 14 March": [{ source: "Ferry", kind: "planned for", target: "Launch" }],
  "Onboarding comes before the importer Ferry for two weeks": [
    { source: "Onboarding", kind: "before", target: "Ferry" },
  ],
  "The screen Connect-a-source loses 61 % of those who leave": [
    { source: "Connect-a-source", kind: "part of", target: "Onboarding" },
  ],
  "Ana plans her week around the launch and wants to hear of changes before noon": [
    { source: "Ana", kind: "waits for", target: "Launch" },
  ],
};

const HOUR_MS = 3_600_000;

/** Keeps them in each agent's memory, dated as they were said. */
export async function rememberAll({ own, clock }: Pick<Seeding, "own" | "clock">, signal: AbortSignal): Promise<void> {
  const now = clock.now();
  for (const { agent, text, kind, ago } of known) {
    const { memory } = await own(agent);
    const [kept] = await memory.facts.keep([
      {
        text,
        kind,
        subject: "owner",
        origin: "owner",
        audience: "room:room:main",
        source: { thread: "room:main", message: null, by: "you", quote: null },
        validFrom: now - ago * HOUR_MS,
      },
    ]);
    await memory.index(1, signal);
    if (kept !== undefined) await memory.graph.relate(kept.id, relations[text] ?? []);
  }
}
