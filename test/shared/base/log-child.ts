/** Logs one event of each kind that the tests of the log ask about. */
import { createLog } from "../../../shared/base/index.ts";

const log = createLog({ process: "kronos", level: "info" });
const providers = [{ headers: { authorization: "t0p-s3cret" } }];
log.info("logged in", {
  token: "t0p-s3cret",
  provider: { apiKey: "t0p-s3cret", name: "local" },
  providers,
  since: new Date(0),
});
log.debug("not heard");
log.error("part failed", { error: new Error("the cable is out") });
