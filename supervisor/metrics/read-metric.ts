/** One number from where a person says it stands: an address that answers JSON, or a SQLite file. */
import { existsSync } from "node:fs";
import { numberAt } from "../../shared/base/index.ts";
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
  return numberIn(JSON.parse(got.body.toString("utf8")), metric.at);
}

/** Throws when there is no number at this path. */
function numberIn(value: unknown, path: string): number {
  const number = numberAt(value, path);
  if (number === undefined) throw new Error(`there is no number at ${path}`);
  return number;
}

/** The first column of the first row; the file is opened for reading alone. */
function readFromFile({ file, sql }: Extract<OwnMetric, { file: string }>): number {
  if (!existsSync(file)) throw new Error(`there is no file ${file}`);
  const db = openDatabase(file, { durability: "off", readonly: true });
  try {
    const query = db.prepare<[], unknown>(sql);
    if (!query.reader) throw new Error("the query returns nothing; write a SELECT");
    return numberIn({ value: query.pluck().get() }, "value");
  } finally {
    db.close();
  }
}
