/** An archive becomes part of a home: read whole and checked first, then brought in. What is here stays unless it is to be replaced. */
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import type { Clock } from "../base/index.ts";
import type { Home } from "../config/index.ts";
import type { Ledger, MovedSharedFact } from "../ledger/index.ts";
import {
  type BroughtIn,
  type Memory,
  type MovedLines,
  movedKinds,
  movedRecords,
  sharedWordsOf,
} from "../memory/index.ts";
import { takeLock } from "../sqlite/index.ts";
import type { Became, Bringing } from "./became.ts";
import { bringPersona, checkPersonas } from "./bring-persona.ts";
import { bringSettings } from "./bring-settings.ts";
import { bringSkills, lockOf } from "./bring-skills.ts";
import { readLines } from "./json-lines.ts";
import { JOBS, namesOf, SHARED_FACTS } from "./layout.ts";
import type { Manifest } from "./manifest.ts";
import { ArchiveRefused } from "./refused.ts";
import { unpack } from "./unpack.ts";

export type ImportDeps = {
  home: Home;
  agentsFolder: string;
  openMemory(path: string, agent: string): Promise<Pick<Memory, "moving" | "close">>;
  openLedger(path: string): Promise<Ledger>;
  clock: Clock;
};

export type Imported = {
  dryRun: boolean;
  manifest: Pick<Manifest, "kaos" | "madeAt" | "agents">;
  agents: {
    agent: string;
    persona: Became;
    /** Null for an agent that brought none. */
    memory: BroughtIn | null;
    skills: { name: string; became: Became }[];
  }[];
  sharedFacts: { added: number; there: number };
  jobs: { name: string; became: Became }[];
  settings: { name: string; became: Became }[];
  /** What is here and differs, each as a sentence; it was kept as it is here. */
  conflicts: string[];
};

const time = z.int();
const sharedFact = z.strictObject({
  id: z.string().max(100),
  agent: z.string().max(100),
  subject: z.string().max(2_000),
  text: z.string().min(1).max(20_000),
  stems: z.string().max(100_000),
  kind: z.string().max(100),
  origin: z.enum(["owner", "person"]),
  audience: z.string().max(2_000),
  confidence: z.number().min(0).max(1),
  saidBy: z.string().max(2_000),
  quote: z.string().max(1_000_000).nullable(),
  message: z.string().max(2_000).nullable(),
  validFrom: time,
  validTo: time.nullable(),
  learnedAt: time,
  ids: z.array(z.string().max(100)).max(1_000),
});
const job = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,60}$/),
  added: z.string().max(100_000).nullable(),
  quietUntil: z.int().min(0),
});

type Options = { file: string; dryRun: boolean; replace: boolean; signal: AbortSignal };

/**
 * Each part is one step that happens whole or not at all; a run that was interrupted is finished by the same command.
 * Throws ArchiveRefused before anything is written.
 */
export async function importHome(deps: ImportDeps, options: Options): Promise<Imported> {
  const aside = mkdtempSync(join(tmpdir(), "kaos-import-"));
  const staged = join(aside, "archive");
  try {
    const manifest = await unpack(options.file, staged, options.signal);
    check(staged, manifest);
    checkPersonas({ ...options, ...deps, staged, agents: manifest.agents });
    const locks = options.dryRun ? [] : lockAll(deps.home, manifest.agents);
    try {
      return await bring(deps, { ...options, staged, aside, manifest });
    } finally {
      for (const lock of locks) lock.release();
    }
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
}

/** Every line of every file, before the first is used. */
function check(staged: string, { agents, files }: Manifest): void {
  for (const name of Object.keys(files)) {
    const [, agent = ""] = /^agents\/([^/]+)\//.exec(name) ?? [];
    if (agent !== "" && !agents.includes(agent))
      throw new ArchiveRefused(`Its manifest does not name the agent ${agent}.`);
  }
  for (const agent of agents) {
    // The folder of the templates lies among the agents' folders.
    if (agent === "templates") throw new ArchiveRefused(`No agent can be called ${agent}.`);
    const names = namesOf(agent);
    for (const kind of movedKinds) {
      const name = `${names.memory}/${kind}.jsonl`;
      for (const _ of linesIn(staged, name, movedRecords[kind]));
    }
    lockOf(staged, agent);
  }
  for (const _ of linesIn(staged, SHARED_FACTS, sharedFact));
  for (const _ of linesIn(staged, JOBS, job));
}

function lockAll(home: Home, agents: readonly string[]) {
  const locks: { release(): void }[] = [];
  for (const agent of agents) {
    const lock = takeLock(home.agent(agent).lock);
    if (lock === undefined) {
      for (const one of locks) one.release();
      throw new ArchiveRefused(`${agent} is running. Stop it with \`kaos down\`, then import.`);
    }
    locks.push(lock);
  }
  return locks;
}

type Bring = Options & { staged: string; aside: string; manifest: Manifest };

async function bring(deps: ImportDeps, { staged, aside, manifest, dryRun, replace, signal }: Bring): Promise<Imported> {
  const { home, agentsFolder, clock } = deps;
  const conflicts: string[] = [];
  const how: Bringing = { dryRun, replace, at: new Date(clock.now()).toISOString().replaceAll(":", "-"), conflicts };
  // A dry run must leave a home that is not there as it is: its parts are tried in files aside.
  const placeOf = (path: string, name: string) => (dryRun && !existsSync(path) ? join(aside, name) : path);

  const agents: Imported["agents"] = [];
  for (const agent of manifest.agents) {
    signal.throwIfAborted();
    const own = home.agent(agent);
    const memory = hasMemory(staged, agent)
      ? await bringMemory(deps, { path: placeOf(own.database, `${agent}.db`), staged, agent, dryRun })
      : null;
    conflicts.push(...(memory?.conflicts.map((sentence) => `${agent}: ${sentence}`) ?? []));
    const skills = bringSkills({ staged, agent, own }, how);
    const persona = bringPersona({ staged, agent, agentsFolder, own }, how);
    agents.push({ agent, persona, memory, skills });
  }
  signal.throwIfAborted();
  const shared = [...linesIn(staged, SHARED_FACTS, sharedFact)].map(
    (fact) => ({ ...fact, ...sharedWordsOf(fact.text) }) satisfies MovedSharedFact,
  );
  const jobs = [...linesIn(staged, JOBS, job)];
  let sharedAdded = 0;
  let broughtJobs: Imported["jobs"] = [];
  if (shared.length > 0 || jobs.length > 0) {
    const ledger = await deps.openLedger(placeOf(home.ledger, "swarm.db"));
    try {
      sharedAdded = (await ledger.sharedFacts.bringIn(shared, { dryRun })).length;
      broughtJobs = await bringJobs(ledger, jobs, how);
    } finally {
      ledger.close();
    }
  }
  return {
    dryRun,
    manifest: { kaos: manifest.kaos, madeAt: manifest.madeAt, agents: manifest.agents },
    agents,
    sharedFacts: { added: sharedAdded, there: shared.length - sharedAdded },
    jobs: broughtJobs,
    settings: bringSettings(staged, home, how),
    conflicts,
  };
}

function hasMemory(staged: string, agent: string): boolean {
  return movedKinds.some((kind) => existsSync(join(staged, namesOf(agent).memory, `${kind}.jsonl`)));
}

async function bringMemory(
  { openMemory }: ImportDeps,
  { path, staged, agent, dryRun }: { path: string; staged: string; agent: string; dryRun: boolean },
): Promise<BroughtIn> {
  const memory = await openMemory(path, agent);
  try {
    const lines = Object.fromEntries(
      movedKinds.map((kind) => [kind, linesIn(staged, `${namesOf(agent).memory}/${kind}.jsonl`, movedRecords[kind])]),
    );
    return await memory.moving.bringIn(lines as unknown as MovedLines, { dryRun });
  } finally {
    memory.close();
  }
}

async function bringJobs(
  { jobs }: Pick<Ledger, "jobs">,
  lines: readonly z.output<typeof job>[],
  { dryRun, conflicts }: Bringing,
): Promise<Imported["jobs"]> {
  const standings = new Map((await jobs.standings()).map((standing) => [standing.name, standing]));
  const brought: Imported["jobs"] = [];
  for (const { name, added, quietUntil } of lines) {
    const here = standings.get(name);
    const isSame = here !== undefined && here.added === added && here.quietUntil === quietUntil;
    const differs = here !== undefined && (here.added !== added || (here.quietUntil > 0 && !isSame));
    if (differs) conflicts.push(`There is a job ${name} here that is set otherwise; it stays as it is here.`);
    brought.push({ name, became: isSame ? "there" : differs ? "kept" : "added" });
    if (dryRun || isSame || differs) continue;
    if (added !== null) await jobs.add(name, added);
    if (quietUntil > 0) await jobs.quiet(name, quietUntil);
  }
  return brought;
}

function* linesIn<Schema extends z.ZodType>(staged: string, name: string, schema: Schema): Generator<z.output<Schema>> {
  const path = join(staged, name);
  if (existsSync(path)) yield* readLines(path, { schema, name });
}
