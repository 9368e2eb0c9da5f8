/** Putting skills in force for one agent and taking them back: install, approve, switch off, verify, roll back. Only a person comes here. */
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Clock } from "../base/index.ts";
import { secret } from "../base/index.ts";
import { diffOfSkills } from "./diff.ts";
import { readSkill, type Skill, type SkillFile } from "./folder.ts";
import { entryOf, type Finding, type Installed, readLock, type SkillsLock, writeLock } from "./lock.ts";
import type { Bundle } from "./sources.ts";

/** Versions of one skill that can be gone back to. */
const VERSIONS_MAX = 20;

export type Put =
  /** `diff` is empty for a skill that was not there before. */
  | {
      put: true;
      name: string;
      directory: string;
      state: "active" | "draft";
      version: number;
      diff: string;
      findings: readonly Finding[];
    }
  | { put: false; because: string };
export type Done = { done: true; because: string } | { done: false; because: string };
export type Checked = { directory: string; intact: boolean; because: string };

export interface Shelf {
  /** Installs, or replaces with `force`. What comes from elsewhere is put as a draft. */
  put(
    bundle: Bundle,
    how: { state: "active" | "draft"; findings: readonly Finding[]; force: boolean; because: string },
  ): Put;
  /**
   * A person's yes to exactly the bytes that lie there now, and to no others than those of the hash that they were shown;
   * also switches on what was off.
   */
  enable(directory: string, shown?: string): Done;
  disable(directory: string): Done;
  /** Every installed skill against its pins. */
  verify(): Checked[];
  /** Back to the version before the one in force. */
  rollback(directory: string): Done;
}

/** One folder, inside the one for skills, and none of ours there: a name from outside is the only path that it becomes. */
const FOLDER_NAME = /^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,79}$/u;

/** `own` is the folder of this agent's installed skills; kept versions lie in its `.versions`. */
export function createShelf({ own, lock: lockFile, clock }: { own: string; lock: string; clock: Clock }): Shelf {
  const today = () => new Date(clock.now()).toISOString();
  const versionFolder = (directory: string, hash: string) => join(own, ".versions", directory, hash);

  return {
    put({ directory, from, files }, { state, findings, force, because }) {
      if (!FOLDER_NAME.test(directory))
        return {
          put: false,
          because: `${JSON.stringify(directory.slice(0, 80))} cannot be the name of a skill's folder.`,
        };
      const lock = readLock(lockFile);
      const target = join(own, directory);
      const there = existsSync(target) ? readSkill(target) : undefined;
      const staged = stage(files);
      try {
        const skill = readSkill(join(staged, directory));
        if (!skill.readable) return { put: false, because: `It is no skill: ${skill.because}.` };
        const pinned = entryOf(lock, directory);
        if (there?.readable === true && there.hash === skill.hash && pinned?.hash === skill.hash)
          return { put: false, because: `${directory} is installed already, with the same bytes.` };
        const diff = there?.readable === true ? diffOfSkills(there, skill) : "";
        if (there !== undefined && !force)
          return {
            put: false,
            because:
              `${directory} is there already. Add --force to replace it; the version that is there is kept.\n${diff}`.trim(),
          };
        if (there?.readable === true) keep(there);
        keep(skill);
        swap(join(staged, directory), target);
        const entry = versioned(pinned, { skill, from, state, findings, because });
        write(directory, entry, { ...lock, off: lock.off.filter((one) => one !== directory) });
        return {
          put: true,
          name: skill.name,
          directory,
          state,
          version: entry.versions.at(-1)?.number ?? 1,
          diff,
          findings,
        };
      } finally {
        rmSync(staged, { recursive: true, force: true });
      }

      function stage(all: ReadonlyMap<string, Buffer>): string {
        const aside = join(own, `.new-${secret(6)}`);
        for (const [path, bytes] of all) {
          const file = join(aside, directory, path);
          mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
          writeFileSync(file, bytes, { mode: 0o600 });
        }
        return aside;
      }
    },
    enable(directory, shown) {
      const lock = readLock(lockFile);
      const target = join(own, directory);
      const off = lock.off.filter((one) => one !== directory);
      if (!existsSync(target)) {
        writeLock(lockFile, { ...lock, off });
        return { done: true, because: `${directory} is on.` };
      }
      const skill = readSkill(target);
      if (!skill.readable) return { done: false, because: `${directory} cannot be used: ${skill.because}.` };
      if (shown !== undefined && skill.hash !== shown)
        return {
          done: false,
          because: `${directory} is not what you were shown any more. Read it again, then decide.`,
        };
      const pinned = entryOf(lock, directory);
      const from = pinned?.from ?? "put there by hand";
      keep(skill);
      const entry =
        pinned !== undefined && pinned.hash === skill.hash
          ? {
              ...pinned,
              state: "active" as const,
              versions: pinned.versions.map((one) => ({ ...one, approved: one.approved || one.hash === skill.hash })),
            }
          : versioned(pinned, {
              skill,
              from,
              state: "active",
              findings: pinned?.findings ?? [],
              because: "approved as it lay there",
            });
      write(directory, entry, { ...lock, off });
      return { done: true, because: `${directory} is in force, pinned to ${skill.hash.slice(0, 12)}.` };
    },
    disable(directory) {
      const lock = readLock(lockFile);
      if (!lock.off.includes(directory)) writeLock(lockFile, { ...lock, off: [...lock.off, directory] });
      return { done: true, because: `${directory} is off.` };
    },
    verify() {
      return Object.entries(readLock(lockFile).skills).map(([directory, entry]) => {
        const skill = readSkill(join(own, directory));
        if (!skill.readable) return { directory, intact: false, because: `It cannot be read: ${skill.because}.` };
        if (skill.hash === entry.hash) return { directory, intact: true, because: `As installed from ${entry.from}.` };
        return {
          directory,
          intact: false,
          because: `Not as installed: ${changesOf(skill.files, entry.files).join(", ")}.`,
        };
      });
    },
    rollback(directory) {
      const lock = readLock(lockFile);
      const entry = entryOf(lock, directory);
      if (entry === undefined)
        return { done: false, because: `${directory} was not installed, so there is no version to go back to.` };
      const before = entry.versions.findLast(({ hash }) => hash !== entry.hash);
      if (before === undefined) return { done: false, because: `${directory} has only one version.` };
      const skill = readSkill(versionFolder(directory, before.hash));
      if (!skill.readable || skill.hash !== before.hash)
        return { done: false, because: `Version ${before.number} of ${directory} is no longer as it was kept.` };
      const aside = join(own, `.new-${secret(6)}`);
      cpSync(skill.folder, aside, { recursive: true });
      swap(aside, join(own, directory));
      const now = versioned(entry, {
        skill,
        from: before.from,
        state: before.approved ? "active" : "draft",
        findings: [],
        because: `back to version ${before.number}`,
      });
      // What was rolled back must not be what the next rollback returns to.
      const versions = now.versions.filter(({ hash }) => hash !== entry.hash);
      write(directory, { ...now, versions }, lock);
      return { done: true, because: `${directory} is back at version ${before.number}, of ${before.at.slice(0, 10)}.` };
    },
  };

  function versioned(
    pinned: Installed | undefined,
    {
      skill,
      from,
      state,
      findings,
      because,
    }: { skill: Skill; from: string; state: "active" | "draft"; findings: readonly Finding[]; because: string },
  ): Installed {
    const earlier = pinned?.versions ?? [];
    const number = (earlier.at(-1)?.number ?? 0) + 1;
    return {
      from,
      state,
      hash: skill.hash,
      files: Object.fromEntries(skill.files.map(({ path, sha256 }) => [path, sha256])),
      findings: [...findings],
      versions: [
        ...earlier,
        { number, hash: skill.hash, from, at: today(), because, approved: state === "active" },
      ].slice(-VERSIONS_MAX),
    };
  }

  /** Copies of versions that nobody can go back to any more go, once the lock no longer names them. */
  function write(directory: string, entry: Installed, lock: SkillsLock): void {
    writeLock(lockFile, { ...lock, skills: { ...lock.skills, [directory]: entry } });
    const dropped = entryOf(lock, directory)?.versions.slice(0, -VERSIONS_MAX + 1) ?? [];
    for (const { hash } of dropped)
      if (!entry.versions.some((one) => one.hash === hash))
        rmSync(versionFolder(directory, hash), { recursive: true, force: true });
  }

  /** A copy by hash, so that going back needs no network and no trust. */
  function keep(skill: Skill): void {
    const kept = versionFolder(skill.directory, skill.hash);
    if (existsSync(kept)) return;
    mkdirSync(dirname(kept), { recursive: true, mode: 0o700 });
    for (const { path } of skill.files) {
      mkdirSync(dirname(join(kept, path)), { recursive: true, mode: 0o700 });
      writeFileSync(join(kept, path), readFileSync(join(skill.folder, path)), { mode: 0o600 });
    }
  }

  function swap(from: string, target: string): void {
    const old = join(own, `.old-${secret(6)}`);
    if (existsSync(target)) renameSync(target, old);
    renameSync(from, target);
    rmSync(old, { recursive: true, force: true });
  }
}

function changesOf(files: readonly SkillFile[], pins: Readonly<Record<string, string>>): string[] {
  const there = new Map(files.map(({ path, sha256 }) => [path, sha256]));
  const changed = Object.entries(pins).flatMap(([path, hash]) => {
    if (!there.has(path)) return [`${path} is gone`];
    return there.get(path) === hash ? [] : [`${path} was changed`];
  });
  return [...changed, ...files.filter(({ path }) => !(path in pins)).map(({ path }) => `${path} came`)];
}
