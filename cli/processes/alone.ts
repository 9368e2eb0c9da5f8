/** One command at a time that starts or stops the processes of a home. */
import { join } from "node:path";
import type { Clock } from "../../shared/base/index.ts";
import type { Home } from "../../shared/config/index.ts";
import { takeLock } from "../../shared/sqlite/index.ts";
import { CommandFailed } from "../failures.ts";

/** Longer than a start or a stop may take. */
const WAIT_MAX_MS = 45_000;
const LOOK_AGAIN_MS = 100;

/** Does the work when no other command starts or stops something here. Throws CommandFailed when that takes too long. */
export async function alone<Result>(
  { home, clock, onWait }: { home: Home; clock: Clock; onWait(): void },
  work: () => Promise<Result>,
): Promise<Result> {
  const path = join(home.folder, "processes.lock");
  let lock = takeLock(path);
  if (lock === undefined) onWait();
  for (let waitedMs = 0; lock === undefined; waitedMs += LOOK_AGAIN_MS) {
    if (waitedMs >= WAIT_MAX_MS)
      throw new CommandFailed(
        `Another kaos command has been starting or stopping ${home.folder} for ${WAIT_MAX_MS / 1_000} s. Wait for it, or end it, then try again.`,
      );
    await clock.sleep(LOOK_AGAIN_MS);
    lock = takeLock(path);
  }
  try {
    return await work();
  } finally {
    lock.release();
  }
}
