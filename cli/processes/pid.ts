/** What the kernel knows of a process. */
import { readFileSync } from "node:fs";

/** Whether a process with this id runs, whoever owns it. One that has ended and that nobody has buried does not. */
export function pidRuns(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !isZombie(pid);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** In a container whose first process buries nobody, such a process stays for ever. Only Linux tells. */
function isZombie(pid: number): boolean {
  try {
    return /^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}

/**
 * Memory of a process: RSS counts pages that it shares in full, PSS its share of them, so that PSS can be added up.
 * Undefined where the kernel does not tell (only Linux does).
 */
export function memoryOf(pid: number): { rssBytes: number; pssBytes: number } | undefined {
  try {
    const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, "utf8");
    const kib = (field: string) => Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, "m").exec(rollup)?.[1] ?? 0);
    return { rssBytes: kib("Rss") * 1_024, pssBytes: kib("Pss") * 1_024 };
  } catch {
    return undefined;
  }
}
