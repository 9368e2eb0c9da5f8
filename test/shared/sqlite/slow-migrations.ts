/** Steps that take long enough for others to come meanwhile, and fail when they are applied twice. */
import type { Migration } from "../../../shared/sqlite/index.ts";

export const slowMigrations: readonly Migration[] = [
  { name: "0001-numbers", sql: "CREATE TABLE numbers (n INTEGER PRIMARY KEY) STRICT" },
  {
    name: "0002-fill",
    sql: `
      WITH RECURSIVE counting (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counting WHERE n < 200000)
      INSERT INTO numbers SELECT n FROM counting
    `,
  },
];
