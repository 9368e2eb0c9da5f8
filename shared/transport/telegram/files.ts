/** The files of one account: its session, kept like a password; whose it is; how far it has heard; how it stands. For its owner alone. */
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { z } from "zod";
import type { Position } from "./port.ts";

export type AccountPaths = { session: string; account: string; position: string; standing: string };

const position = z.object({
  pts: z.int(),
  qts: z.int(),
  date: z.int(),
  channels: z.record(z.string(), z.int()),
  lastId: z.int(),
});
const account = z.object({ id: z.string().regex(/^\d+$/), username: z.string().nullable(), name: z.string() });

const standing = z.discriminatedUnion("live", [
  z.object({
    live: z.literal(true),
    account: z.string(),
    username: z.string().nullable(),
    group: z.string(),
    room: z.string(),
  }),
  z.object({ live: z.literal(false), because: z.string() }),
]);

export type LoggedIn = z.output<typeof account>;

/** How the account of an agent that runs stands, for whoever must not connect to look for itself. */
export type NotedStanding = z.output<typeof standing>;

/** The session's text; undefined while nobody has logged in. */
export function readSession({ session }: AccountPaths): string | undefined {
  if (!existsSync(session)) return undefined;
  // Whoever can read it is this account: a copy with open rights is closed before it is used.
  chmodSync(session, 0o600);
  const text = readFileSync(session, "utf8").trim();
  return text === "" ? undefined : text;
}

/** Keeps a login. The position of a former one means nothing to it. */
export function writeLogin(paths: AccountPaths, session: string, whose: LoggedIn): void {
  rmSync(paths.position, { force: true });
  write(paths.account, `${JSON.stringify(whose)}\n`);
  write(paths.session, `${session}\n`);
}

/** Whose account it is, as the login found out. */
export function readAccount({ account: path }: Pick<AccountPaths, "account">): LoggedIn | undefined {
  return read(path, account);
}

export function readPosition({ position: path }: AccountPaths): Position | undefined {
  return read(path, position);
}

export function writePosition({ position: path }: AccountPaths, at: Position): void {
  write(path, JSON.stringify(at));
}

export function readStanding({ standing: path }: AccountPaths): NotedStanding | undefined {
  return read(path, standing);
}

export function writeStanding({ standing: path }: AccountPaths, now: NotedStanding): void {
  write(path, `${JSON.stringify(now)}\n`);
}

/** What is damaged counts as missing: a position is only where to begin, and everything is heard at least once. */
function read<Output>(path: string, schema: z.ZodType<Output>): Output | undefined {
  try {
    return schema.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch {
    return undefined;
  }
}

/** Whole or not at all: a process that dies here leaves the file before. */
function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const beside = `${path}.new`;
  writeFileSync(beside, text, { mode: 0o600 });
  renameSync(beside, path);
}
