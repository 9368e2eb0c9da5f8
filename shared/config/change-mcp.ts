/**
 * Adds servers and takes them out: in `mcp.json`, which counts from the next start of an agent, or in the folder of those that
 * were added while running, a file each, which agents follow while the gate for them is open.
 */
import {
  closeSync,
  existsSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { z } from "zod";
import { messageOf, secret } from "../base/index.ts";
import { type McpServerConfig, parseMcpFile, readServer, SERVERS_MAX } from "./mcp.ts";
import { ConfigProblem } from "./problem.ts";
import type { RawEnv } from "./settings.ts";

/** An entry as it is written down, with `${NAME}` where a variable stands. */
export type McpEntry = Readonly<Record<string, unknown>>;

/** What an entry would be, before it is written anywhere, and what of it came from the environment. Throws a ConfigProblem. */
export function checkMcpEntry(
  name: string,
  entry: McpEntry,
  env: RawEnv,
): { server: McpServerConfig; secrets: string[] } {
  const secrets = new Set<string>();
  const server = readServer("", name, entry, env, secrets);
  return { server, secrets: [...secrets] };
}

/** Writes one more server into the file. Throws a ConfigProblem when there is one of that name, or somebody else is writing. */
export function addMcpServer(path: string, name: string, entry: McpEntry): void {
  change(path, (servers) => {
    if (Object.hasOwn(servers, name)) throw new ConfigProblem(`${path} has a server "${name}" already.`);
    if (Object.keys(servers).length >= SERVERS_MAX)
      throw new ConfigProblem(`${path} has ${SERVERS_MAX} servers, which is all there may be.`);
    return { ...servers, [name]: entry };
  });
}

/** Takes a server out of the file; false when it is not there. */
export function removeMcpServer(path: string, name: string): boolean {
  if (!Object.hasOwn(parseMcpFile(path).mcpServers, name)) return false;
  change(path, ({ [name]: _gone, ...rest }) => rest);
  return true;
}

/** The file as it was stays until the new one is whole; whoever writes holds the name of the new one. */
function change(path: string, next: (servers: Record<string, unknown>) => Record<string, unknown>): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const aside = `${path}.new`;
  const file = openAside(aside);
  try {
    const mcpServers = next(parseMcpFile(path).mcpServers);
    writeFileSync(file, `${JSON.stringify({ mcpServers }, undefined, 2)}\n`);
    renameSync(aside, path);
  } finally {
    closeSync(file);
    rmSync(aside, { force: true });
  }
}

function openAside(aside: string): number {
  try {
    return openSync(aside, "wx", 0o600);
  } catch (cause) {
    throw new ConfigProblem(
      `${aside} cannot be made: ${messageOf(cause)}. If no other command is changing the servers, remove that file.`,
      { cause },
    );
  }
}

const record = z.strictObject({
  by: z.string().min(1).max(100),
  at: z.number(),
  pinned: z.record(z.string(), z.string()),
  entry: z.record(z.string(), z.unknown()),
});

type AddedServer = z.output<typeof record>;

/**
 * Keeps a server that is added while running. Nothing of the environment is filled into it: what a process keeps secret is settled
 * at its start. Throws a ConfigProblem for that, and when there is one of that name.
 */
export function keepAddedServer(folder: string, name: string, added: AddedServer): void {
  if (JSON.stringify(added.entry).includes("${"))
    throw new ConfigProblem(
      "A server that is added while running gets no variables of the environment. Add it to mcp.json (`kaos mcp add` without --running).",
    );
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (namesIn(folder).length >= SERVERS_MAX)
    throw new ConfigProblem(`${SERVERS_MAX} servers were added while running, which is all there may be.`);
  const aside = join(folder, `.${secret(9)}`);
  writeFileSync(aside, JSON.stringify(record.parse(added), undefined, 1), { mode: 0o600, flag: "wx" });
  try {
    // A link, unlike a rename, never takes the place of what is there.
    linkSync(aside, join(folder, `${name}.json`));
  } catch (cause) {
    throw new ConfigProblem(`A server "${name}" was added already.`, { cause });
  } finally {
    rmSync(aside, { force: true });
  }
}

/** False when no server of this name was added. The name is one that `loadAddedServers` gave. */
export function dropAddedServer(folder: string, name: string): boolean {
  if (!namesIn(folder).includes(name)) return false;
  rmSync(join(folder, `${name}.json`), { force: true });
  return true;
}

/** Those that were added while running. What cannot be read of them is in nobody's way: `problems` says what it is. */
export function loadAddedServers(folder: string): { servers: McpServerConfig[]; problems: string[] } {
  const problems: string[] = [];
  const servers = namesIn(folder).flatMap((name): McpServerConfig[] => {
    try {
      const { by, pinned, entry } = record.parse(JSON.parse(readFileSync(join(folder, `${name}.json`), "utf8")));
      return [{ ...readServer("", name, entry, {}, new Set()), added: { by, pinned } }];
    } catch (error) {
      const because = error instanceof ConfigProblem ? error.message : "it is damaged";
      problems.push(`The server ${name}, which was added while running, cannot be used: ${because}`);
      return [];
    }
  });
  return { servers, problems };
}

function namesIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => file.endsWith(".json") && !file.startsWith("."))
    .map((file) => file.slice(0, -".json".length))
    .toSorted();
}
