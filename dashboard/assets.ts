/** The few files a browser loads: read once, named by their content, kept by the browser for a year. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { RequestHandler } from "express";
import { programRoot } from "../shared/config/index.ts";

export type Assets = {
  /** The address of an asset, with its version in it. */
  at(name: AssetName): string;
  serve: RequestHandler;
};

const TYPES = { css: "text/css", js: "text/javascript", svg: "image/svg+xml" } as const;

/** htmx and its stream extension come from their package, the rest from `dashboard/assets`. */
const FILES = {
  "style.css": "ours",
  "room.js": "ours",
  "live.js": "ours",
  "icon.svg": "ours",
  "htmx.min.js": "htmx.org/dist/htmx.min.js",
  "hx-sse.min.js": "htmx.org/dist/ext/hx-sse.min.js",
} as const;

export type AssetName = keyof typeof FILES;

/** Reads all assets. Throws when one is missing: then the installation is broken. */
export function loadAssets(): Assets {
  const resolve = createRequire(import.meta.url).resolve;
  const folder = join(programRoot(), "dashboard", "assets");
  const assets = new Map(
    Object.entries(FILES).map(([name, from]) => {
      const body = readFileSync(from === "ours" ? join(folder, name) : resolve(from));
      const version = createHash("sha256").update(body).digest("base64url").slice(0, 12);
      const type = TYPES[name.slice(name.lastIndexOf(".") + 1) as keyof typeof TYPES];
      return [name, { body, packed: gzipSync(body, { level: 9 }), version, type }];
    }),
  );
  return {
    at: (name) => `/assets/${name}?v=${assets.get(name)?.version}`,
    serve(request, response, next) {
      const asset = assets.get(String(request.params["name"]));
      if (asset === undefined) return next();
      const current = request.query["v"] === asset.version;
      response.set("Cache-Control", current ? "public, max-age=31536000, immutable" : "no-cache");
      response.type(asset.type).vary("Accept-Encoding");
      // Only these: they hold no secret, which a compressed answer might give away by its length.
      if (request.acceptsEncodings("gzip") !== "gzip") return void response.send(asset.body);
      response.set("Content-Encoding", "gzip").send(asset.packed);
    },
  };
}
