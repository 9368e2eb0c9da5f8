/** Text that arrives in pieces, laid out in lines of whole words. */
import { columnsOf } from "./layout.ts";

export type Flow = {
  /** What of this piece may be shown now: all but its last word, which may not be whole yet. */
  take(piece: string): string;
  /** The rest. */
  end(): string;
};

/** Lines of at most `width` columns; the first one begins at column `from`, the others after `indent`. */
export function createFlow({ width, from = 0, indent = "" }: { width: number; from?: number; indent?: string }): Flow {
  let column = from;
  let gap = "";
  let word = "";

  function settle(): string {
    if (word === "") return "";
    const columns = columnsOf(word);
    const breaks = gap !== "" && column + gap.length + columns > width;
    const text = (breaks ? `\n${indent}` : gap) + word;
    column = (breaks ? indent.length : column + gap.length) + columns;
    gap = "";
    word = "";
    return text;
  }

  return {
    take(piece) {
      let out = "";
      for (const character of piece) {
        if (!/\s/u.test(character)) {
          word += character;
          continue;
        }
        out += settle();
        if (character === "\n") {
          out += `\n${indent}`;
          column = indent.length;
          gap = "";
        } else gap = " ";
      }
      return out;
    },
    end: settle,
  };
}
