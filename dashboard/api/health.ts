/** `GET /healthz` and `/readyz`, for whoever starts and watches processes: no key, and nothing said but that it is well. */
import express, { type Router } from "express";
import type { Log } from "../../shared/base/index.ts";
import type { Ledger } from "../../shared/ledger/index.ts";

/** A process that serves is alive; it is ready while it can work with the ledger. Why it is not goes to the log alone. */
export function health({ ledger, log }: { ledger: Ledger; log: Log }): Router {
  const router = express.Router();
  router.get("/healthz", (_request, response) => void response.type("text").send("ok\n"));
  router.get("/readyz", (_request, response) => {
    const because = ledger.unready();
    if (because !== undefined) log.warn("not ready", { because });
    response
      .status(because === undefined ? 200 : 503)
      .type("text")
      .send(because === undefined ? "ok\n" : "not ready\n");
  });
  return router;
}
