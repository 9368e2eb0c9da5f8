/** Writes one row each time its parent says so, and tells when it had committed. */
import { openDatabase } from "../../../shared/sqlite/index.ts";

const [path = ""] = process.argv.slice(2);
const db = openDatabase(path, { durability: "off" });
process.on("message", () => {
  db.exec("INSERT INTO notes VALUES ('from afar')");
  process.stdout.write(`${Date.now()}\n`);
});
process.on("disconnect", () => db.close());
process.stdout.write("ready\n");
