/** Skills for tests: a folder that is gone afterwards, and files in it. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";
import { createShelf, createSkills } from "../../../shared/skills/index.ts";

export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "kaos-skills-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function skillText(
  name: string,
  { description = `What ${name} is for`, body = `Do ${name} well.` } = {},
): string {
  return `---\nname: ${name}\ndescription: ${JSON.stringify(description)}\n---\n${body}\n`;
}

export function write(folder: string, files: Readonly<Record<string, string | Buffer>>): string {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

export const NOON = Date.UTC(2026, 2, 3, 12);

/** A clock that stands still until it is moved. */
export function stillClock(start = NOON) {
  let now = start;
  return {
    now: () => now,
    sleep: () => Promise.reject(new Error("nothing here waits")),
    move: (ms: number) => {
      now += ms;
    },
  };
}

/** One agent's place: packs, own skills, lock. */
export function agentPlace({ listed = [] as readonly string[] } = {}) {
  const home = newFolder();
  const place = { own: join(home, "skills"), lock: join(home, "skills.lock"), packs: join(home, "packs"), listed };
  mkdirSync(place.packs);
  return { ...place, skills: createSkills(place), shelf: createShelf({ ...place, clock: stillClock() }) };
}

export function bundle(directory: string, files: Readonly<Record<string, string>>, from = "github:o/r/x@1") {
  return { directory, from, files: new Map(Object.entries(files).map(([path, text]) => [path, Buffer.from(text)])) };
}
