/** A process that runs the errand and kills itself with SIGKILL at the n-th point; the arguments are its folder, n, and whether it can tell. */
import { runErrand } from "./errand.ts";

const [folder = "", fatal = "", canTell = ""] = process.argv.slice(2);
let points = 0;
await runErrand({
  folder,
  canTell: canTell === "true",
  at(point) {
    if (++points !== Number(fatal)) return;
    process.stdout.write(point);
    process.kill(process.pid, "SIGKILL");
  },
});
