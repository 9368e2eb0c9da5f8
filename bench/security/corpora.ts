/** Reads the public sets that the benches measure on. They stay outside the repository. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export type Row = { text: string; id: string } & Record<string, unknown>;

export type Corpora = {
  /** Names of the sets that are there and begin like this. */
  names(prefix: string): string[];
  /** The rows of one set; none when the set is absent. */
  rows(name: string): Row[];
};

/** `split` names the half: files are called `<split>.jsonl`. */
export function openCorpora(folder: string, split: string): Corpora {
  const fileOf = (name: string) => join(folder, name, `${split}.jsonl`);
  return {
    names: (prefix) =>
      readdirSync(folder)
        .filter((name) => name.startsWith(prefix) && existsSync(fileOf(name)))
        .sort(),
    rows: (name) =>
      existsSync(fileOf(name))
        ? readFileSync(fileOf(name), "utf8")
            .split("\n")
            .filter((line) => line !== "")
            .map((line) => JSON.parse(line) as Row)
        : [],
  };
}
