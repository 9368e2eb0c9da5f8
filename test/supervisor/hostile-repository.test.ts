/** A working copy is a stranger's folder: what its configuration would have git start is not started by looking at it. */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { reviewRepository } from "../../supervisor/repositories/review.ts";
import { git } from "../doubles/git.ts";

const { signal } = new AbortController();

/** A repository with one commit, a signed one, and a changed file of the same length. */
function hostile(folder: string): void {
  mkdirSync(folder);
  git(folder, "init", "-q", "-b", "main");
  writeFileSync(join(folder, "a.txt"), "1");
  writeFileSync(join(folder, ".gitattributes"), "*.txt filter=trap\n");
  git(folder, "add", ".");
  git(folder, "commit", "-q", "-m", "feat: the till");
  const parent = String(git(folder, "rev-parse", "HEAD")).trim();
  const [first = "", ...rest] = String(git(folder, "cat-file", "commit", "HEAD")).split("\n\n");
  const signature = "gpgsig -----BEGIN PGP SIGNATURE-----\n \n abc\n -----END PGP SIGNATURE-----";
  const signed = first.replace("\nauthor", `\nparent ${parent}\nauthor`);
  writeFileSync(join(folder, ".git", "signed"), `${signed}\n${signature}\n\n${rest.join("\n\n")}`);
  const id = String(git(folder, "hash-object", "-t", "commit", "-w", ".git/signed")).trim();
  git(folder, "update-ref", "refs/heads/main", id);
  writeFileSync(join(folder, "a.txt"), "2");
}

type Trap = {
  trap: string;
  set(folder: string, command: string): void;
  springs: readonly string[];
  /** What a repository that cannot be looked at without it is told to be; the others are reviewed. */
  refused?: string;
};

test.each<Trap>([
  {
    trap: "file-system monitor",
    set: (folder, command) => void git(folder, "config", "core.fsmonitor", command),
    springs: ["status"],
  },
  {
    trap: "clean filter",
    set: (folder, command) => void git(folder, "config", "filter.trap.clean", command),
    springs: ["status"],
  },
  {
    trap: "filter process, required",
    set: (folder, command) => {
      git(folder, "config", "filter.trap.process", command);
      git(folder, "config", "filter.trap.required", "true");
    },
    springs: ["status"],
  },
  {
    trap: "filter whose name cannot be written on a command line",
    set: (folder, command) => {
      git(folder, "config", "filter.a=b.clean", command);
      writeFileSync(join(folder, ".git", "info", "attributes"), "*.txt filter=a=b\n");
    },
    springs: ["status"],
    refused: "cannot be switched off, so nothing is looked at",
  },
  {
    trap: "filter in a file that its configuration includes",
    set: (folder, command) => {
      git(folder, "config", "--file", join(folder, ".git", "more"), "filter.trap.clean", command);
      git(folder, "config", "include.path", "more");
    },
    springs: ["status"],
  },
  {
    trap: "filter of a repository inside",
    set: (folder, command) => {
      const inner = join(folder, "inner");
      hostile(inner);
      git(folder, "add", "inner");
      git(folder, "commit", "-q", "-m", "feat: a part");
      git(inner, "config", "filter.trap.clean", command);
    },
    springs: ["status"],
  },
  {
    trap: "checker of signatures",
    set: (folder, command) => {
      writeFileSync(join(folder, ".git", "gpg"), `#!/bin/sh\n${command}\n`, { mode: 0o755 });
      git(folder, "config", "gpg.program", join(folder, ".git", "gpg"));
      git(folder, "config", "log.showSignature", "true");
    },
    springs: ["log"],
  },
  {
    trap: "way to fetch what it lacks",
    set: (folder, command) => {
      const tree = String(git(folder, "rev-parse", "HEAD~1^{tree}")).trim();
      git(folder, "config", "core.repositoryFormatVersion", "1");
      git(folder, "config", "extensions.partialClone", "origin");
      git(folder, "config", "remote.origin.promisor", "true");
      git(folder, "config", "remote.origin.url", `ext::sh -c ${command.replace(" ", "% ")}`);
      git(folder, "config", "protocol.ext.allow", "always");
      rmSync(join(folder, ".git", "objects", tree.slice(0, 2), tree.slice(2)));
    },
    springs: ["log", "--name-only"],
    refused: "unable to read tree",
  },
])("starts nothing of the repository's own: $trap", async ({ set, springs, refused }) => {
  const folder = mkdtempSync(join(tmpdir(), "kaos-hostile-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const repository = join(folder, "shop");
  const trap = join(folder, "trap");
  hostile(repository);
  set(repository, `touch ${trap}`);
  const review = reviewRepository(repository, { since: 0, now: Date.now() }, signal);
  if (refused === undefined) await review;
  else await expect(review).rejects.toThrow(refused);
  expect(existsSync(trap)).toBe(false);
  // It is a trap indeed.
  try {
    git(repository, ...springs);
  } catch {
    // Whatever it says, it has started the program.
  }
  expect(existsSync(trap)).toBe(true);
});
