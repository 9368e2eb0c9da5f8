/** `skills.lock`: which skills an agent has installed, from where, pinned to which bytes, and what a person decided about them. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { z } from "zod";
import { OperationalError, parseJson, secret } from "../base/index.ts";

/** The file cannot be read as a lock. The message says what to do. */
export class BadSkillsLock extends OperationalError {
  override readonly name = "BadSkillsLock";
}

const sha256 = z.string().regex(/^[0-9a-f]{64}$/u);
const finding = z.strictObject({ kind: z.string(), file: z.string(), line: z.int(), because: z.string() });
const version = z.strictObject({
  number: z.int().positive(),
  hash: sha256,
  from: z.string(),
  at: z.string(),
  because: z.string(),
  /** Whether a person has said yes to these bytes. */
  approved: z.boolean(),
});
const installed = z.strictObject({
  /** Where it came from, with the commit or the hash that pins it. */
  from: z.string(),
  /** A draft waits for a person and is not told to the model. */
  state: z.enum(["active", "draft"]),
  hash: sha256,
  files: z.record(z.string(), sha256),
  findings: z.array(finding),
  /** Every version that was in force, oldest first; the last one is. */
  versions: z.array(version),
});
const lockFile = z.strictObject({
  version: z.literal(1),
  skills: z.record(z.string(), installed),
  /** Skills that a person switched off, by folder. */
  off: z.array(z.string()),
});

export type Finding = z.output<typeof finding>;
export type Version = z.output<typeof version>;
export type Installed = z.output<typeof installed>;
export type SkillsLock = z.output<typeof lockFile>;

/** An empty lock where there is no file. Throws BadSkillsLock: to guess here would approve what nobody approved. */
export function readLock(file: string): SkillsLock {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT")
      return { version: 1, skills: {}, off: [] };
    throw new BadSkillsLock(`${file} cannot be read. Check that this user may read it.`, { cause: error });
  }
  const parsed = lockFile.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  throw new BadSkillsLock(
    `${file} is not the lock that KAOS wrote. Move it away and install the skills anew: until then none of them is in force.`,
  );
}

/** What is installed in this folder, whatever it is called. */
export function entryOf({ skills }: SkillsLock, directory: string): Installed | undefined {
  return Object.hasOwn(skills, directory) ? skills[directory] : undefined;
}

/** Written aside first, so that a death in the middle leaves the old one. */
export function writeLock(file: string, lock: SkillsLock): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const aside = `${file}.${secret(6)}`;
  const skills = Object.fromEntries(Object.entries(lock.skills).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  writeFileSync(aside, `${JSON.stringify({ ...lock, skills, off: lock.off.toSorted() }, undefined, 2)}\n`, {
    mode: 0o600,
  });
  renameSync(aside, file);
}
