/**
 * Which definitions of a server's tools an agent works with. What a server says about a tool stands in the prompt, so it is pinned:
 * the first list is taken as the person meant it who configured the server, and whatever differs later waits for a person.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { z } from "zod";
import { canonicalJson, type Log, messageOf } from "../base/index.ts";
import type { RawTool } from "./connection.ts";

const TOOLS_MAX = 128;
const DEFINITION_CHARACTERS_MAX = 32_000;

/** By server, by tool: the hash of the definition. */
export type Approved = Record<string, Record<string, string>>;

/** A tool that is not offered, and why. */
export type Withheld = { tool: string; because: "new" | "changed" | "too large" | "too many" };

export type Definitions = {
  /** What may be offered now, in the server's order of the first time: the same from turn to turn. */
  offered(): RawTool[];
  withheld(): Withheld[];
  /** What the server lists now, trusted or not; empty while it was not asked. */
  listed(): readonly RawTool[];
  /** Compares what the server lists with what is pinned. `first` says that it may still be introducing itself. */
  take(listed: readonly RawTool[], first: boolean): void;
};

const kept = z.record(z.string(), z.object({ definition: z.unknown() }));
const approvals = z.record(z.string(), z.record(z.string(), z.string()));

/**
 * The pinned definitions lie in `file`, which this agent alone writes; where it cannot be written they hold as long as this
 * process, and it is tried again. `approved` tells the hashes of those that a person saw and
 * approved; undefined while nobody ever looked at this server's, which is when its first list is taken as it is.
 */
export function createDefinitions(
  file: string,
  approved: () => Readonly<Record<string, string>> | undefined,
  log: Log,
): Definitions {
  const pinned = new Map<string, RawTool>();
  for (const [name, { definition }] of Object.entries(readJson(file, kept) ?? {}))
    pinned.set(name, definition as RawTool);
  let listed: readonly RawTool[] | undefined;
  let introduction = pinned.size === 0 && approved() === undefined;

  const asPinned = (): string =>
    JSON.stringify(Object.fromEntries([...pinned].map(([name, definition]) => [name, { definition }])), undefined, 1);
  let saved = asPinned();
  let failed = false;
  const save = (): void => {
    const now = asPinned();
    if (now === saved) return;
    try {
      writeText(file, now);
      saved = now;
      failed = false;
    } catch (error) {
      if (!failed) log.warn("mcp definitions not written", { because: messageOf(error) });
      failed = true;
    }
  };
  /** Whether this definition may be used; pins it when a person approved it. */
  const isTrusted = (tool: RawTool, seen: Readonly<Record<string, string>>): boolean => {
    const known = pinned.get(tool.name);
    const hash = hashOf(tool);
    if (known !== undefined && hashOf(known) === hash) return true;
    if (!introduction && seen[tool.name] !== hash) return false;
    pinned.set(tool.name, tool);
    return true;
  };
  const judge = (): { offered: RawTool[]; withheld: Withheld[] } => {
    if (listed === undefined) return { offered: [...pinned.values()].slice(0, TOOLS_MAX), withheld: [] };
    const seen = approved() ?? {};
    const withheld: Withheld[] = [];
    const trusted = listed.filter((tool, at) => {
      const refuse = (because: Withheld["because"]): boolean => {
        withheld.push({ tool: tool.name, because });
        return false;
      };
      if (at >= TOOLS_MAX) return refuse("too many");
      if (JSON.stringify(tool).length > DEFINITION_CHARACTERS_MAX) return refuse("too large");
      return isTrusted(tool, seen) || refuse(pinned.has(tool.name) ? "changed" : "new");
    });
    save();
    const names = [...pinned.keys()];
    return { offered: trusted.sort((a, b) => names.indexOf(a.name) - names.indexOf(b.name)), withheld };
  };

  return {
    offered: () => judge().offered,
    withheld: () => judge().withheld,
    listed: () => listed ?? [],
    take(tools, first) {
      listed = tools.map(({ name, description, inputSchema, annotations }) => ({
        name,
        description,
        inputSchema,
        annotations,
      }));
      introduction &&= first;
      judge();
    },
  };
}

/** A person approves these definitions of one server, as they are now. Nobody else writes this file. */
export function approveDefinitions(approvedFile: string, server: string, tools: readonly RawTool[]): void {
  const approved = { ...readApproved(approvedFile) };
  approved[server] = hashesOf(tools);
  writeJson(approvedFile, approved);
}

/** The hashes of these definitions, by the tools' names. */
export function hashesOf(tools: readonly RawTool[]): Record<string, string> {
  return Object.fromEntries(tools.map((tool) => [tool.name, hashOf(tool)]));
}

/** The same for two definitions that a model reads alike. */
function hashOf({ name, description, inputSchema, annotations }: RawTool): string {
  const text = canonicalJson({ name, description, inputSchema, annotations });
  return createHash("sha256")
    .update(text ?? "")
    .digest("hex");
}

/** What people approved, of all servers; empty where there is no such file or where it is not ours. */
export function readApproved(file: string): Approved {
  return readJson(file, approvals) ?? {};
}

/** A person forgets what was approved of a server that is taken out. */
export function forgetApproved(approvedFile: string, server: string): void {
  const { [server]: gone, ...rest } = readApproved(approvedFile);
  if (gone !== undefined) writeJson(approvedFile, rest);
}

/** Undefined where there is no such file or where it is not ours: then nothing is trusted by it. */
function readJson<T>(file: string, shape: z.ZodType<T>): T | undefined {
  if (!existsSync(file)) return undefined;
  try {
    return shape.safeParse(JSON.parse(readFileSync(file, "utf8"))).data;
  } catch {
    return undefined;
  }
}

function writeJson(file: string, value: unknown): void {
  writeText(file, JSON.stringify(value, null, 1));
}

function writeText(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writeFileSync(`${file}.new`, `${text}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}
