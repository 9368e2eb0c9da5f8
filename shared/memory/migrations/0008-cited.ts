import type { Migration } from "../../sqlite/index.ts";

/** Evidence that a model cited stands until its fact goes; what shared words alone brought is looked for anew each time. */
export const cited: Migration = {
  name: "0008-cited",
  sql: "ALTER TABLE evidence ADD COLUMN cited INTEGER NOT NULL DEFAULT 0 CHECK (cited IN (0, 1));",
};
