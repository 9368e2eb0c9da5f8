/** Words from an archive, as they may be shown on a terminal: one line, and nothing that a terminal obeys. */
import { oneLine } from "../../shared/base/index.ts";

export function shown(text: string): string {
  return oneLine(text).replace(/[\p{Cc}\p{Cf}]/gu, "");
}
