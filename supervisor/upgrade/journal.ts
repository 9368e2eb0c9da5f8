/** How far the upgrade of a home is: what makes it possible to go on after a kill, and to go back. */
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { messageOf, OperationalError } from "../../shared/base/index.ts";

const journal = z.object({
  /** upgrading: steps are being taken; done: checked; doubtful: the check found something; returning, returned: rolled back. */
  state: z.enum(["upgrading", "done", "doubtful", "returning", "returned"]),
  /** The copy from before, as `kaos backup` makes them. */
  snapshot: z.string(),
  /** Versions of the program; the home does not know which one wrote it before. */
  to: z.string(),
  /** File and steps that were ahead of it. */
  steps: z.array(z.object({ path: z.string(), ahead: z.array(z.string()) })),
  startedAt: z.number(),
  endedAt: z.number().optional(),
  problems: z.array(z.string()).optional(),
});

export type Journal = z.infer<typeof journal>;

/** Its file cannot be read, so nobody knows how far the upgrade is. */
export class JournalUnreadable extends OperationalError {
  override readonly name = "JournalUnreadable";
}

/** Undefined where no upgrade was ever begun. Throws JournalUnreadable. */
export function readJournal(folder: string): Journal | undefined {
  const path = join(folder, "upgrade.json");
  if (!existsSync(path)) return undefined;
  try {
    return journal.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch (cause) {
    throw new JournalUnreadable(
      `${path} cannot be read: ${messageOf(cause)}. It tells how far an upgrade is. If none is under way, move it away and try again.`,
      { cause },
    );
  }
}

/** Written aside and moved into place: a kill leaves the old one or the new one. */
export function writeJournal(folder: string, written: Journal): void {
  const path = join(folder, "upgrade.json");
  writeFileSync(`${path}.tmp`, `${JSON.stringify(written, undefined, 2)}\n`, { mode: 0o600, flush: true });
  renameSync(`${path}.tmp`, path);
}
