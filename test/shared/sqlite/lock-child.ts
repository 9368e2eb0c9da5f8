/** Takes the lock that its argument names, says whether it could, and holds it until it is killed. */
import { takeLock } from "../../../shared/sqlite/index.ts";

const [path = ""] = process.argv.slice(2);
const lock = takeLock(path);
process.stdout.write(lock === undefined ? "refused\n" : "held\n");
setInterval(() => {}, 1_000);
