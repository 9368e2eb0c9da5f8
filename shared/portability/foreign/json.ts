/** Looking into JSON that somebody else wrote: whatever is not as it should be is simply not there. */

import { isMap } from "../../base/index.ts";

export type JsonMap = Readonly<Record<string, unknown>>;

export function mapOf(value: unknown): JsonMap {
  return isMap(value) ? value : {};
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function textOf(value: unknown): string {
  return typeof value === "string" ? value : typeof value === "number" ? String(value) : "";
}

/** Seconds or milliseconds since the epoch, or a date as text, as milliseconds; `otherwise` for what is none. */
export function timeOf(value: unknown, otherwise: number): number {
  const number = typeof value === "string" && /^\d+(?:\.\d+)?$/.test(value) ? Number(value) : value;
  // The year 5138 in seconds is 1973 in milliseconds: nothing that is moved is older.
  const at =
    typeof number === "number"
      ? number < 1e11
        ? number * 1_000
        : number
      : typeof value === "string"
        ? Date.parse(value)
        : Number.NaN;
  return Number.isFinite(at) && Math.abs(at) <= 8.64e15 ? Math.round(at) : otherwise;
}

/** The texts of what several programs call `content`: a text, or a list of parts of which some are texts. */
export function contentOf(content: unknown): string {
  if (typeof content === "string") return content;
  return listOf(content)
    .map((part) =>
      typeof part === "string" ? part : mapOf(part)["type"] === "text" ? textOf(mapOf(part)["text"]) : "",
    )
    .filter((text) => text.trim() !== "")
    .join("\n\n");
}
