/** What was said and noted in another program becomes memory of one agent: looked through first, then kept, each thing once. */
import { createHash } from "node:crypto";
import { cut, splitText } from "../../base/index.ts";
import type { BroughtSaid, Memory, SaidElsewhere } from "../../memory/index.ts";
import type { Bundle } from "../../skills/index.ts";
import type { ForeignSaid, Found, ReadOptions } from "./found.ts";
import type { ForeignSource } from "./sources.ts";

/** A note longer than this becomes several facts: each must fit into what a prompt is told. */
const NOTE_CHARACTERS_MAX = 1_500;
/** Notes that are kept in one step. */
const BATCH = 500;
const EXAMPLES_MAX = 3;
const LABEL_CHARACTERS_MAX = 500;

export type ForeignDeps = {
  memory: Pick<Memory, "moving">;
  /** Puts a skill as a draft, and says what became of it. */
  putSkill(bundle: Bundle): "added" | "there" | "kept";
  onProgress?(report: ForeignReport): void;
};

export type ForeignReport = {
  source: string;
  dryRun: boolean;
  conversations: number;
  /** Things said in them. */
  messages: BroughtSaid & { owners: number };
  notes: number;
  /** What the notes became. */
  facts: BroughtSaid;
  skills: { name: string; became: "added" | "there" | "kept" }[];
  skipped: { because: string; count: number; examples: string[] }[];
};

type Options = Omit<ReadOptions, "now"> & {
  path: string;
  dryRun: boolean;
  now: number;
  /** The owner, by the id that the agents know. */
  person: string;
  /** Whether facts are drawn later from what the owner said; a model does that, and costs. */
  extract: boolean;
};

/** Throws ArchiveRefused for what cannot be read. Each conversation is kept whole or not at all; the same again adds nothing. */
export async function importFrom(source: ForeignSource, deps: ForeignDeps, options: Options): Promise<ForeignReport> {
  const { dryRun } = options;
  const report = emptyReport(source.name, dryRun);
  const { moving } = deps.memory;
  let notes: SaidElsewhere[] = [];
  const keepNotes = async () => {
    add(report.facts, await moving.bringSaid(null, notes, { dryRun }));
    notes = [];
  };
  for await (const found of source.read(options.path, options)) {
    if (found.kind === "skipped") noteSkipped(report, found);
    else if (found.kind === "skill") {
      const became = dryRun ? "added" : deps.putSkill(found.bundle);
      report.skills.push({ name: found.bundle.directory, became });
    } else if (found.kind === "note") {
      report.notes++;
      notes.push(...factsOf(found, source, options.person));
      if (notes.length >= BATCH) await keepNotes();
    } else {
      report.conversations++;
      report.messages.owners += found.said.filter(({ by }) => by === "owner").length;
      const said = found.said.map((one) => saidElsewhere(one, found.id, source, options));
      add(report.messages, await moving.bringSaid(labelOf(`${source.name}:${found.id}`), said, { dryRun }));
    }
    deps.onProgress?.(report);
  }
  await keepNotes();
  return report;
}

function saidElsewhere(
  { id, by, name, text, at, model }: ForeignSaid,
  conversation: string,
  { name: source }: ForeignSource,
  { person, extract }: Options,
): SaidElsewhere {
  return {
    id: idOf(source, conversation, id),
    text,
    kind: "said",
    subject: person,
    origin: by === "owner" ? "owner" : "outside",
    audience: "owner",
    message: labelOf(`${source}:${conversation}/${id}`),
    by: labelOf(name),
    at,
    session: by === "assistant" ? { by: "agent", model: labelOf(model || source) } : { by: "person" },
    isDrawnFrom: extract && by === "owner",
  };
}

function factsOf(
  note: Extract<Found, { kind: "note" }>,
  { name: source }: ForeignSource,
  person: string,
): SaidElsewhere[] {
  const title = cut(note.title, 200);
  return splitText(note.text, NOTE_CHARACTERS_MAX).map((part) => ({
    // The words are part of the id: a note that has changed brings what is new in it.
    id: idOf(source, note.id, part),
    text: part.startsWith(title) ? part : `${title}: ${part}`,
    kind: "knowledge" as const,
    subject: person,
    origin: "outside" as const,
    audience: "owner" as const,
    message: labelOf(`${source}:${note.id}`),
    by: labelOf(note.by),
    at: note.at,
    session: null,
    isDrawnFrom: false,
  }));
}

/** In the shape of every fact's id; two of a million things share one with a chance of two in a thousand. */
function idOf(...words: readonly string[]): string {
  return `f${createHash("sha256").update(JSON.stringify(words)).digest("hex").slice(0, 12)}`;
}

function labelOf(text: string): string {
  return cut(text, LABEL_CHARACTERS_MAX);
}

function noteSkipped({ skipped }: ForeignReport, { what, because }: Extract<Found, { kind: "skipped" }>): void {
  let group = skipped.find((one) => one.because === because);
  if (group === undefined) {
    group = { because, count: 0, examples: [] };
    skipped.push(group);
  }
  group.count++;
  if (group.examples.length < EXAMPLES_MAX && !group.examples.includes(what)) group.examples.push(cut(what, 80));
}

function add(sum: BroughtSaid, more: BroughtSaid): void {
  for (const field of ["added", "there", "forgotten", "quarantined"] as const) sum[field] += more[field];
}

function emptyReport(source: string, dryRun: boolean): ForeignReport {
  const none = { added: 0, there: 0, forgotten: 0, quarantined: 0 };
  const messages = { ...none, owners: 0 };
  return { source, dryRun, conversations: 0, messages, notes: 0, facts: { ...none }, skills: [], skipped: [] };
}
