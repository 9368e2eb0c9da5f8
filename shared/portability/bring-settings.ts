/** Settings of an archive: a file that is not here is put here, one that differs stays unless it is to be replaced. */
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { secret } from "../base/index.ts";
import type { Home } from "../config/index.ts";
import type { Became, Bringing } from "./became.ts";
import { settingsFiles } from "./layout.ts";

export function bringSettings(
  staged: string,
  home: Home,
  { dryRun, replace, at, conflicts }: Bringing,
): { name: string; became: Became }[] {
  return Object.entries(settingsFiles).flatMap(([field, name]): { name: string; became: Became }[] => {
    const from = join(staged, name);
    if (!existsSync(from)) return [];
    const target = home[field as keyof typeof settingsFiles];
    const isThere = existsSync(target);
    if (isThere && readFileSync(from).equals(readFileSync(target))) return [{ name, became: "there" }];
    if (isThere && !replace) {
      conflicts.push(`${basename(target)} is another one here; it stays as it is here.`);
      return [{ name, became: "kept" }];
    }
    if (!dryRun) {
      if (isThere) put(target, join(home.folder, "replaced", at, basename(target)));
      put(from, target);
    }
    return [{ name, became: isThere ? "replaced" : "added" }];
  });
}

function put(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true, mode: 0o700 });
  const aside = `${to}.${secret(6)}`;
  copyFileSync(from, aside);
  renameSync(aside, to);
}
