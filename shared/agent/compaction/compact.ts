/** Puts a stored summary in the place of the beginning of a conversation that has outgrown its budget. Nothing that was said is deleted. */
import type { Clock } from "../../base/index.ts";
import { type Model, startDeadline } from "../../engine/index.ts";
import type { Compaction, CompactionReceipt, SessionEntry, Sessions } from "../../memory/index.ts";
import { createSays, type Finding, findingKinds, findingsIn } from "./findings.ts";
import { summarise } from "./summarise.ts";

export type CompactDeps = {
  sessions: Sessions;
  clock: Clock;
  /** Writes the summary, cheaply; without it rules do. */
  summariser?: Model;
  /** The output validator: a summary is kept, so it holds no secret. */
  validate(text: string): string;
};

/** Characters of history that a prompt tells, about 10,000 tokens; beyond them its beginning is compacted. */
const HISTORY_CHARACTERS_MAX = 40_000;
/** After a person has undone a summary, the words themselves are told up to here. */
const UNDONE_CHARACTERS_MAX = 160_000;
/** Characters of the newest words that stay as they are. */
const KEPT_CHARACTERS_MAX = 12_000;
/** Characters of what is added to a summary word for word. */
const ADDED_CHARACTERS_MAX = 6_000;
/** How long a model may take for a summary; a person waits for the answer. */
const SUMMARY_MS = 45_000;

export type History = {
  /** The summary in force, if the conversation has one. */
  compaction: Compaction | undefined;
  since: readonly SessionEntry[];
  /** Made just now. */
  isNew: boolean;
};

/** What a prompt tells of a conversation. Compacts it first when it has outgrown its budget. */
export async function historyOf(deps: CompactDeps, thread: string, signal: AbortSignal): Promise<History> {
  const told = await deps.sessions.told(thread);
  const characters = lengthOf(told.since) + (told.compaction?.summary.length ?? 0);
  const most = told.undone ? UNDONE_CHARACTERS_MAX : HISTORY_CHARACTERS_MAX;
  if (characters <= most) return { ...told, isNew: false };
  const because = `what was said had ${characters} characters, a prompt tells ${most}`;
  const made = await compact(deps, thread, { because, keptCharacters: KEPT_CHARACTERS_MAX }, signal);
  return { ...(await deps.sessions.told(thread)), isNew: made !== undefined };
}

/** Compacts everything but the newest words that fit; undefined when there is nothing to compact. */
export async function compact(
  { sessions, clock, summariser, validate }: CompactDeps,
  thread: string,
  { because, keptCharacters }: { because: string; keptCharacters: number },
  signal: AbortSignal,
): Promise<Compaction | undefined> {
  const { compaction: before, since } = await sessions.told(thread);
  const said = since.slice(0, keptFrom(since, keptCharacters));
  const last = said.at(-1)?.id;
  if (last === undefined) return undefined;
  const all = await sessions.upTo(thread, last);
  const limit = startDeadline(clock, SUMMARY_MS, signal);
  const summary = await summarise(
    summariser,
    { before: before?.summary, said: said.map(spoken), all: all.map(spoken) },
    limit.signal,
  ).finally(() => limit.end());
  const text = validate(summary.text);
  const { added, receipt } = complete(text, findingsIn(all));
  const why = summary.because === "" ? because : `${because}; ${summary.because}`;
  return sessions.compact({
    thread,
    last,
    summary: text + validate(added),
    receipt,
    model: summary.model,
    because: why,
  });
}

function spoken({ by, text }: SessionEntry) {
  return { by, text };
}

function lengthOf(entries: readonly SessionEntry[]): number {
  return entries.reduce((sum, { text }) => sum + text.length, 0);
}

/** Where the newest words that fit begin: with something a person said. */
function keptFrom(entries: readonly SessionEntry[], charactersMax: number): number {
  let characters = 0;
  const tooMuch = entries.findLastIndex(({ text }) => {
    characters += text.length;
    return characters > charactersMax;
  });
  const first = entries.findIndex(({ by }, at) => at > tooMuch && by === "person");
  return first === -1 ? entries.length : first;
}

/**
 * The check that no model can skip: whatever was found and the summary does not say is added as it was said, promises
 * first, the newest first, as far as there is room; the receipt counts the rest.
 */
function complete(summary: string, findings: readonly Finding[]): { added: string; receipt: CompactionReceipt } {
  const says = createSays(summary);
  const missing = findings.filter((finding) => !says(finding));
  /** Each line, and when it was said. */
  const lines = new Map<string, number>();
  let room = ADDED_CHARACTERS_MAX;
  let leftOut = 0;
  for (const kind of findingKinds) {
    for (const [at, finding] of [...missing.entries()].reverse()) {
      const line = `${finding.by}: ${finding.text}`;
      if (finding.kind !== kind || lines.has(line)) continue;
      if (line.length > room) leftOut++;
      else {
        lines.set(line, at);
        room -= line.length;
      }
    }
  }
  const added = [...lines].sort(([, one], [, other]) => one - other).map(([line]) => line);
  const found = Object.fromEntries(
    findingKinds.map((kind) => [kind, findings.filter((one) => one.kind === kind).length]),
  );
  const list = added.length === 0 ? "" : `\n\nSaid word for word:\n${added.map((line) => `- ${line}`).join("\n")}`;
  const rest = leftOut === 0 ? "" : `\n(${leftOut} more of this kind stand in the conversation alone.)`;
  return { added: list + rest, receipt: { found, added, leftOut } };
}
