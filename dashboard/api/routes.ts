/** What programs with a key may ask of the control room: agents, and figures. */
import express, { type RequestHandler, type Router } from "express";
import type { Clock, Log } from "../../shared/base/index.ts";
import type { Ledger } from "../../shared/ledger/index.ts";
import type { Settings } from "../view.ts";
import { chat, models } from "./chat.ts";
import { createDoor, METRICS, opens } from "./door.ts";
import { ApiFailure, BODY_BYTES_MAX, failAsJson } from "./failure.ts";
import { metricsText } from "./metrics.ts";

type ApiDeps = {
  ledger: Ledger;
  clock: Clock;
  log: Log;
  settings: Settings;
  /** Whether a person who is logged in asks. */
  isMember: (request: express.Request) => Promise<boolean>;
};

/** Stands before everything that checks for a browser: what a program shows is its key, and a page of another site has none. */
export function api({ ledger, clock, log, settings, isMember }: ApiDeps): Router {
  const door = createDoor({ keys: settings.apiKeys ?? [], clock });
  const router = express.Router();
  router.get("/metrics", figures, failAsJson(log));

  const v1 = express.Router();
  const body = express.json({ limit: BODY_BYTES_MAX, type: () => true });
  v1.use((_request, response, next) => {
    response.set("Cache-Control", "no-store");
    next();
  });
  v1.get("/models", models({ ledger, door }));
  v1.get("/models/:model", models({ ledger, door }));
  // The key is looked at before the body is read.
  v1.post("/chat/completions", known, body, chat({ ledger, clock, log, door }));
  v1.use(known, (request) => {
    throw new ApiFailure(
      404,
      "unknown_url",
      `There is no ${request.method} ${request.baseUrl}${request.path}. This endpoint has POST /v1/chat/completions and GET /v1/models.`,
    );
  });
  v1.use(failAsJson(log));
  router.use("/v1", v1);
  return router;

  function known(...[request, , next]: Parameters<RequestHandler>): void {
    door.enter(request);
    next();
  }

  async function figures(...[request, response]: Parameters<RequestHandler>): Promise<void> {
    if (!(await isMember(request)) && !opens(door.enter(request), METRICS))
      throw new ApiFailure(403, "out_of_scope", 'This key does not open the metrics: its scopes need "metrics".');
    const text = await metricsText({
      ledger,
      file: settings.files.ledger,
      version: settings.version,
      startedAt: settings.startedAt,
      now: clock.now(),
      dailyLimitUsd: settings.dailyLimitUsd,
    });
    response.set("Cache-Control", "no-store").type("text/plain; version=0.0.4; charset=utf-8").send(text);
  }
}
