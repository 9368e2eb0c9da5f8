/** Who runs on this machine. */
import { readdirSync } from "node:fs";

/** The ids of all processes; none elsewhere than on Linux, where there is no /proc to look into. */
export function processIds(): number[] {
  try {
    return readdirSync("/proc")
      .map(Number)
      .filter((pid) => pid > 0);
  } catch {
    return [];
  }
}
