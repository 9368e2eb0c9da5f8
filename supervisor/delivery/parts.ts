/** The messages that a text leaves in. */
import { splitText } from "../../shared/base/index.ts";

/** Telegram takes 4,096 characters; its marks of emphasis count too. */
const PART_CHARACTERS_MAX = 3_800;
/** More in a row is not read. */
const PARTS_MAX = 4;

/** What does not fit is left out. */
export function partsOf(text: string): string[] {
  return splitText(text, PART_CHARACTERS_MAX).slice(0, PARTS_MAX);
}

export function fits(text: string): boolean {
  return splitText(text, PART_CHARACTERS_MAX).length <= PARTS_MAX;
}
