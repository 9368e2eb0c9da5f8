/** Numbers in what others answer. */

/** The number at a path of names with points between them, also one that is written as text; undefined when there is none. */
export function numberAt(value: unknown, path: string): number | undefined {
  let at: unknown = value;
  for (const step of path.split("."))
    at =
      typeof at === "object" && at !== null && Object.hasOwn(at, step)
        ? (at as Record<string, unknown>)[step]
        : undefined;
  const number = typeof at === "string" && at.trim() !== "" ? Number(at) : at;
  return typeof number === "number" && Number.isFinite(number) ? number : undefined;
}
