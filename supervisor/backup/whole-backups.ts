/** Backups by their names, which say when they were made: whole ones, half ones, and those that cannot be restored. */
import { existsSync, readdirSync } from "node:fs";

const WHOLE = /^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d$/;
const UNFINISHED = ".unfinished";
const BROKEN = ".broken";

/** In UTC, so that names sort by time: "2026-03-01T04-20-00". */
export function backupName(at: number): string {
  return new Date(at).toISOString().slice(0, 19).replaceAll(":", "-");
}

/** When a whole backup of this name was made. */
export function madeAt(name: string): number {
  return Date.parse(`${name.replace(/(\d\d)-(\d\d)-(\d\d)$/, "$1:$2:$3")}Z`);
}

/** What a copy is called until it is whole and tried. */
export function unfinished(copy: string): string {
  return `${copy}${UNFINISHED}`;
}

/** What a copy is called that cannot be restored. */
export function broken(copy: string): string {
  return `${copy}${BROKEN}`;
}

/** Names of the backups that can be restored, oldest first. Snapshots of an upgrade are none: they are its way back. */
export function wholeBackups(folder: string): string[] {
  return namesIn(folder, "");
}

export function unfinishedBackups(folder: string): string[] {
  return namesIn(folder, UNFINISHED);
}

export function brokenBackups(folder: string): string[] {
  return namesIn(folder, BROKEN);
}

function namesIn(folder: string, end: string): string[] {
  const names = existsSync(folder) ? readdirSync(folder) : [];
  return names.filter((name) => name.endsWith(end) && WHOLE.test(name.slice(0, name.length - end.length))).toSorted();
}
