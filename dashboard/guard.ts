/** What stands before every request: the right host, the right origin, the right headers, a session, its CSRF token. */
import { createHash, timingSafeEqual } from "node:crypto";
import type { RequestHandler } from "express";
import helmet from "helmet";
import { inAddress } from "./listen.ts";
import { Refusal } from "./told.ts";

/**
 * Headers of every answer. Nothing inline runs, nothing comes from elsewhere, nothing frames us. The referrer policy is
 * not `no-referrer`: with that, browsers hide the origin of our own forms from us.
 */
export function headers(): RequestHandler {
  const own = ["'self'"];
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: own,
        styleSrc: own,
        imgSrc: own,
        connectSrc: own,
        formAction: own,
        baseUri: ["'none'"],
        frameAncestors: ["'none'"],
      },
    },
    referrerPolicy: { policy: "same-origin" },
    xFrameOptions: { action: "deny" },
    // The room speaks plain HTTP on loopback; a promise of TLS would only lock other programs on this name out.
    strictTransportSecurity: false,
  });
}

/**
 * Only the names by which this machine knows itself: a page of another site whose name was pointed at 127.0.0.1 (DNS
 * rebinding) arrives with its own name. The port does not matter: it may be forwarded.
 */
export function rightHost(names: readonly string[]): RequestHandler {
  const known = new Set(["127.0.0.1", "localhost", "[::1]", ...names.map(inAddress)]);
  return (request, _, next) => {
    const host = (request.headers.host ?? "").toLowerCase().replace(/:\d+$/, "");
    if (!known.has(host))
      throw new Refusal(
        421,
        "This address is not one of the control room's. Open the one that `kaos dashboard` prints, or name this one in DASHBOARD_NAMES.",
      );
    next();
  };
}

/** A change must come from a page of ours: browsers say where a form or a script stands. */
export const rightOrigin: RequestHandler = (request, _, next) => {
  if (request.method === "GET" || request.method === "HEAD") return next();
  const { origin, host } = request.headers;
  const same = origin === undefined ? request.headers["sec-fetch-site"] === "same-origin" : sameHost(origin, host);
  if (!same)
    throw new Refusal(
      403,
      "This change did not come from a page of the control room, so it was not made. Do it there.",
    );
  next();
};

function sameHost(origin: string, host: string | undefined): boolean {
  const url = URL.parse(origin);
  return url !== null && url.host === host?.toLowerCase() && (url.protocol === "http:" || url.protocol === "https:");
}

/** Throws unless the form carries the session's own token. */
export function checkCsrf(form: URLSearchParams, csrf: string): void {
  if (!sameText(form.get("csrf") ?? "", csrf)) {
    throw new Refusal(403, "This page is older than your login, so nothing was changed. Load it again and repeat.");
  }
}

/** Compares two texts in a time that tells nothing about where they differ. */
function sameText(a: string, b: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return b !== "" && timingSafeEqual(digest(a), digest(b));
}
