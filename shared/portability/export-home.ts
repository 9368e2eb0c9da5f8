/** Everything that a person owns in a home becomes one archive in open formats. Only reads; agents may go on meanwhile. */
import { existsSync, lstatSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Clock } from "../base/index.ts";
import type { Home } from "../config/index.ts";
import type { Ledger } from "../ledger/index.ts";
import { type Memory, movedKinds, sharedWordsOf } from "../memory/index.ts";
import type { Redact } from "../security/index.ts";
import { copyPlain, plainFilesBelow } from "./files.ts";
import { createLineWriter } from "./json-lines.ts";
import { isArchiveName, JOBS, namesOf, personaFiles, SHARED_FACTS, settingsFiles } from "./layout.ts";
import type { Manifest } from "./manifest.ts";
import { pack } from "./pack.ts";
import { settingOf } from "./settings.ts";

export type ExportDeps = {
  home: Home;
  /** The folder that holds the agents' personas. */
  agentsFolder: string;
  /** Undefined while nothing has run here. */
  ledger: Pick<Ledger, "sharedFacts" | "jobs"> | undefined;
  /** The memory of an agent that has one. */
  openMemory(agent: string): Promise<Pick<Memory, "moving" | "close">>;
  redact: Redact;
  clock: Clock;
  /** Of the program. */
  version: string;
};

export type Exported = {
  manifest: Manifest;
  /** What was left out, each as a sentence. */
  notes: string[];
};

/** `isWhole`: with what belongs to no single agent, jobs and settings. Throws ArchiveRefused where `to` cannot be written. */
export async function exportHome(
  deps: ExportDeps,
  { agents, isWhole, to, signal }: { agents: readonly string[]; isWhole: boolean; to: string; signal: AbortSignal },
): Promise<Exported> {
  const folder = mkdtempSync(join(tmpdir(), "kaos-export-"));
  const notes: string[] = [];
  const counts: Record<string, number> = {};
  try {
    for (const agent of agents) {
      signal.throwIfAborted();
      takePersona(deps, agent, folder);
      if (existsSync(deps.home.agent(agent).database)) await takeMemory(deps, { agent, folder, counts });
      takeSkills(deps.home, { agent, folder, notes });
    }
    if (deps.ledger !== undefined) await takeShared(deps.ledger, { agents, isWhole, folder, counts });
    if (isWhole) takeSettings(deps, folder, notes);
    signal.throwIfAborted();
    const madeAt = new Date(deps.clock.now()).toISOString();
    const manifest = await pack(folder, to, { kaos: deps.version, madeAt, agents: agents.toSorted(), counts });
    return { manifest, notes };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function takePersona({ agentsFolder }: ExportDeps, agent: string, folder: string): void {
  const from = join(agentsFolder, agent);
  const there = personaFiles.filter((file) => lstatSync(join(from, file), { throwIfNoEntry: false })?.isFile());
  copyPlain(from, join(folder, namesOf(agent).persona), there);
}

type Taking = { agent: string; folder: string; counts: Record<string, number> };

async function takeMemory({ openMemory }: ExportDeps, { agent, folder, counts }: Taking): Promise<void> {
  const { memory: place } = namesOf(agent);
  const name = (kind: string) => `${place}/${kind}.jsonl`;
  const writers = new Map(movedKinds.map((kind) => [kind, createLineWriter(join(folder, name(kind)))]));
  const memory = await openMemory(agent);
  try {
    await memory.moving.takeOut((kind, line) => writers.get(kind)?.write(line));
  } finally {
    memory.close();
    for (const [kind, writer] of writers) {
      const lines = writer.close();
      if (lines > 0) counts[name(kind)] = lines;
    }
  }
}

function takeSkills(home: Home, { agent, folder, notes }: Omit<Taking, "counts"> & { notes: string[] }): void {
  const { folder: own, lock } = home.agent(agent).skills;
  const names = namesOf(agent);
  const versions = join(own, ".versions");
  const take = (from: string, name: string) => {
    const paths = plainFilesBelow(from).filter((path) => !path.startsWith("."));
    const fitting = paths.filter((path) => isArchiveName(`${name}/${path}`));
    copyPlain(from, join(folder, name), fitting);
    for (const path of paths.filter((one) => !fitting.includes(one)))
      notes.push(`${join(from, path)} was left out: no archive may hold a file of this name.`);
  };
  take(own, names.skills);
  take(versions, names.skillVersions);
  if (lstatSync(lock, { throwIfNoEntry: false })?.isFile() === true) {
    mkdirSync(join(folder, dirname(names.skillsLock)), { recursive: true, mode: 0o700 });
    copyPlain(dirname(lock), join(folder, dirname(names.skillsLock)), ["skills.lock"]);
  }
}

async function takeShared(
  { sharedFacts, jobs }: Pick<Ledger, "sharedFacts" | "jobs">,
  { agents, isWhole, folder, counts }: Omit<Taking, "agent"> & { agents: readonly string[]; isWhole: boolean },
): Promise<void> {
  const lines = async (name: string, all: readonly unknown[]) => {
    const writer = createLineWriter(join(folder, name));
    for (const line of all) writer.write(line);
    if (writer.close() > 0) counts[name] = all.length;
  };
  const all = (await sharedFacts.takeOut()).map((fact) => ({ ...fact, stems: sharedWordsOf(fact.text).stems }));
  await lines(SHARED_FACTS, isWhole ? all : all.filter(({ agent }) => agents.includes(agent)));
  if (!isWhole) return;
  // A job that comes with KAOS is the program's; that a person wants it quiet is the person's.
  const standing = (await jobs.standings()).filter(({ added, quietUntil }) => added !== null || quietUntil > 0);
  await lines(
    JOBS,
    standing.map(({ name, added, quietUntil }) => ({ name, added, quietUntil })),
  );
}

function takeSettings({ home, redact }: ExportDeps, folder: string, notes: string[]): void {
  for (const [field, name] of Object.entries(settingsFiles)) {
    const setting = settingOf(home[field as keyof typeof settingsFiles], redact);
    if (setting === undefined) continue;
    if ("because" in setting) {
      notes.push(`${setting.because}; it was left out.`);
      continue;
    }
    if (setting.isCut)
      notes.push(`${name} holds what looks like a secret: it is [redacted] in the archive, to be written anew.`);
    mkdirSync(dirname(join(folder, name)), { recursive: true, mode: 0o700 });
    writeFileSync(join(folder, name), setting.text, { mode: 0o600 });
  }
}
