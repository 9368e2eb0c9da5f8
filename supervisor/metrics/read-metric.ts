/** One number from where a person says it stands: an address that answers JSON, or a SQLite file. */
import { existsSync } from "node:fs";
import type { Egress } from "../../shared/security/index.ts";
import { openDatabase } from "../../shared/sqlite/index.ts";
import type { Metric } from "../automations.ts";

const BYTES_MAX = 1_000_000;
const DEADLINE_MS = 15_000;

/** Metrics that this process reads itself. */
export type OwnMetric = Exclude<Metric, { server: string }>;

/** Rejects with a sentence when there is no number. */
export async function readMetric(
  metric: OwnMetric,
  egress: Pick<Egress, "fetch">,
  signal: AbortSignal,
): Promise<number> {
  if ("file" in metric) return readFromFile(metric);
  const got = await egress.fetch(metric.url, {
    signal,
    headers: { accept: "application/json" },
    bytesMax: BYTES_MAX,
    deadlineMs: DEADLINE_MS,
  });
  if (!got.fetched) throw new Error(got.because);
  if (got.status !== 200) throw new Error(`${URL.parse(metric.url)?.host} answered ${got.status}`);
  return numberAt(JSON.parse(got.body.toString("utf8")), metric.at);
}

/** A number, also one that is written as text; throws when there is none at this path. */
function numberAt(value: unknown, path: string): number {
  let at: unknown = value;
  for (const step of path.split("."))
    at =
      typeof at === "object" && at !== null && Object.hasOwn(at, step)
        ? (at as Record<string, unknown>)[step]
        : undefined;
  const number = typeof at === "string" && at.trim() !== "" ? Number(at) : at;
  if (typeof number !== "number" || !Number.isFinite(number)) throw new Error(`there is no number at ${path}`);
  return number;
}

/** The first column of the first row; the file is opened for reading alone. */
function readFromFile({ file, sql }: Extract<OwnMetric, { file: string }>): number {
  if (!existsSync(file)) throw new Error(`there is no file ${file}`);
  const db = openDatabase(file, { durability: "off", readonly: true });
  try {
    const query = db.prepare<[], unknown>(sql);
    if (!query.reader) throw new Error("the query returns nothing; write a SELECT");
    return numberAt({ value: query.pluck().get() }, "value");
  } finally {
    db.close();
  }
}
