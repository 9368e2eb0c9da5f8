/** What changed in a working copy since a day, what looks broken, and what ages in it. */
import { existsSync } from "node:fs";
import { stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { cut } from "../../shared/base/index.ts";
import { type Git, gitIn } from "./git.ts";

export type Review = {
  name: string;
  commits: number;
  changed: readonly string[];
  broken: readonly string[];
  aging: readonly string[];
};

const DAY_MS = 24 * 3_600_000;
const COMMITS_MAX = 500;
const SHOWN_MAX = 4;
const SUBJECT_CHARACTERS_MAX = 90;
/** A branch that nobody touched for so long is forgotten. */
const BRANCH_OLD_MS = 30 * DAY_MS;
/** Work that is not committed for so long is at risk. */
const UNCOMMITTED_OLD_MS = 3 * DAY_MS;
/** Files that are looked at for their age. */
const FILES_MAX = 200;
const SEPARATOR = "\u001f";
/** What git itself and the usual habits call a step back. */
const TAKEN_BACK = /^Revert "|^(?:revert|hotfix)\b/i;
const UNFINISHED = /^(?:fixup!|squash!|wip\b)/i;
/** Git's own notes of work in the middle of something. */
const IN_THE_MIDDLE = {
  MERGE_HEAD: "a merge",
  "rebase-merge": "a rebase",
  "rebase-apply": "a rebase",
  CHERRY_PICK_HEAD: "a cherry-pick",
  BISECT_LOG: "a bisection",
} as const;

/** Rejects with a sentence when the folder is no working copy. Reads, and changes nothing. */
export async function reviewRepository(
  folder: string,
  { since, now }: { since: number; now: number },
  signal: AbortSignal,
): Promise<Review> {
  if (!existsSync(folder)) throw new Error(`there is no folder ${folder}`);
  const git = gitIn(folder);
  const inside = await git(["rev-parse", "--absolute-git-dir"], signal);
  const commits = await commitsSince(git, since, signal);
  const takenBack = commits.filter(({ subject }) => TAKEN_BACK.test(subject));
  const unfinished = commits.filter(({ subject }) => UNFINISHED.test(subject));
  const middle = Object.entries(IN_THE_MIDDLE).find(([file]) => existsSync(join(inside, file)))?.[1];
  return {
    name: basename(folder),
    commits: commits.length,
    changed: commits.length === 0 ? [] : await tellChanges(git, commits, since, signal),
    broken: [
      ...takenBack.slice(0, SHOWN_MAX).map(({ subject }) => `taken back: ${subject}`),
      ...(unfinished.length > 0 ? [`${unfinished.length} commits say that they are unfinished`] : []),
      ...(middle === undefined ? [] : [`${middle} is in the middle`]),
    ],
    aging: [
      ...(await oldBranches(git, now, signal)),
      ...(await uncommitted(git, folder, now, signal)),
      ...(await unsent(git, signal)),
      ...(await stashed(git, now, signal)),
    ],
  };
}

type Commit = { author: string; subject: string };

async function commitsSince(git: Git, since: number, signal: AbortSignal): Promise<Commit[]> {
  // A repository without a commit has no HEAD to tell of.
  if ((await git(["rev-parse", "--verify", "--quiet", "HEAD"], signal).catch(() => "")) === "") return [];
  const format = `--format=%an${SEPARATOR}%s`;
  const args = [
    "log",
    format,
    "--no-merges",
    `--since=${new Date(since).toISOString()}`,
    `--max-count=${COMMITS_MAX}`,
    "HEAD",
  ];
  return linesIn(await git(args, signal)).map((line) => {
    const [author = "", subject = ""] = line.split(SEPARATOR);
    return { author, subject: cut(subject, SUBJECT_CHARACTERS_MAX) };
  });
}

async function tellChanges(
  git: Git,
  commits: readonly Commit[],
  since: number,
  signal: AbortSignal,
): Promise<string[]> {
  const by = countsOf(commits.map(({ author }) => author));
  const files = await git(
    [
      "log",
      "--format=",
      "--name-only",
      "--no-merges",
      `--since=${new Date(since).toISOString()}`,
      `--max-count=${COMMITS_MAX}`,
      "HEAD",
    ],
    signal,
  );
  const busiest = countsOf(linesIn(files)).slice(0, SHOWN_MAX);
  return [
    `${commits.length} commits by ${by.map(([author, count]) => `${author} (${count})`).join(", ")}`,
    ...(busiest.length > 0 ? [`most often: ${busiest.map(([file, count]) => `${file} (${count})`).join(", ")}`] : []),
    ...commits.slice(0, SHOWN_MAX).map(({ subject }) => `· ${subject}`),
  ];
}

async function oldBranches(git: Git, now: number, signal: AbortSignal): Promise<string[]> {
  const format = `--format=%(refname:short)${SEPARATOR}%(committerdate:unix)`;
  const args = ["for-each-ref", format, "--sort=committerdate", "refs/heads"];
  // Without a commit there is nothing that could be merged or not.
  const unmerged = await git([...args, "--no-merged=HEAD"], signal).catch(() => "");
  const old = linesIn(unmerged).flatMap((line) => {
    const [name = "", seconds = ""] = line.split(SEPARATOR);
    const ageMs = now - Number(seconds) * 1_000;
    return ageMs >= BRANCH_OLD_MS ? [`${name} (${days(ageMs)})`] : [];
  });
  if (old.length === 0) return [];
  const more = old.length > SHOWN_MAX ? ` and ${old.length - SHOWN_MAX} more` : "";
  return [`branches that nobody merged or touched: ${old.slice(0, SHOWN_MAX).join(", ")}${more}`];
}

async function uncommitted(git: Git, folder: string, now: number, signal: AbortSignal): Promise<string[]> {
  // To look inside a submodule is to go by its configuration, which is a stranger's too.
  const args = ["status", "--porcelain=v1", "-z", "--untracked-files=normal", "--ignore-submodules=dirty"];
  const files = (await git(args, signal))
    .split("\0")
    .filter((entry) => /^[ MADRCU?!]{2} /.test(entry))
    .map((entry) => entry.slice(3));
  const ages = await Promise.all(
    files.slice(0, FILES_MAX).map(async (file) =>
      stat(join(folder, file)).then(
        ({ mtimeMs }) => now - mtimeMs,
        () => 0,
      ),
    ),
  );
  const oldestMs = Math.max(0, ...ages);
  return oldestMs >= UNCOMMITTED_OLD_MS
    ? [`${files.length} files are not committed, the oldest for ${days(oldestMs)}`]
    : [];
}

async function unsent(git: Git, signal: AbortSignal): Promise<string[]> {
  // Without an upstream there is nowhere to send to.
  const count = Number(await git(["rev-list", "--count", "@{upstream}..HEAD"], signal).catch(() => "0"));
  return count > 0 ? [`${count} commits are on this machine alone`] : [];
}

async function stashed(git: Git, now: number, signal: AbortSignal): Promise<string[]> {
  const all = linesIn(await git(["stash", "list", "--format=%ct"], signal).catch(() => ""));
  const oldestMs = Math.max(0, ...all.map((seconds) => now - Number(seconds) * 1_000));
  return oldestMs >= BRANCH_OLD_MS ? [`${all.length} stashes, the oldest ${days(oldestMs)}`] : [];
}

function linesIn(text: string): string[] {
  return text.split("\n").filter((line) => line !== "");
}

function countsOf(all: readonly string[]): [string, number][] {
  return [...Map.groupBy(all, (one) => one)]
    .map(([one, same]): [string, number] => [one, same.length])
    .toSorted(([, a], [, b]) => b - a);
}

function days(ms: number): string {
  return `${Math.floor(ms / DAY_MS)} days`;
}
