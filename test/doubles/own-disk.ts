/** Whether a disk that a test fills may be mounted here: tried once, and taken away again. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mountOwnDisk, unmountOwnDisk } from "../../bench/soak/weather.ts";

export const hasOwnDisks = canMount();

function canMount(): boolean {
  const folder = mkdtempSync(join(tmpdir(), "kaos-disk-"));
  const { own } = mountOwnDisk(folder, 1);
  if (own) unmountOwnDisk(folder);
  rmSync(folder, { recursive: true, force: true });
  return own;
}
