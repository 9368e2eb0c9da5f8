/** The list in a copy of a home: each file with its size and hash, so that a copy that was changed is known. */
import { createHash } from "node:crypto";
import { createReadStream, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { z } from "zod";
import { messageOf } from "../../shared/base/index.ts";

/** What is in a copy: each file with its size and hash. */
export type Manifest = {
  kaos: string;
  madeAt: number;
  files: Readonly<Record<string, { bytes: number; sha256: string }>>;
};

export const MANIFEST = "manifest.json";

const manifest = z.object({
  kaos: z.string(),
  madeAt: z.number(),
  files: z.record(z.string(), z.object({ bytes: z.number(), sha256: z.string().regex(/^[0-9a-f]{64}$/) })),
});

/** Of the copy in this folder; or why there is none to read. */
export function readManifest(folder: string): Manifest | { because: string } {
  const path = join(folder, MANIFEST);
  if (!existsSync(path)) return { because: `${folder} is no backup: it has no ${MANIFEST}` };
  try {
    return manifest.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch (error) {
    return { because: `${path} cannot be read: ${messageOf(error)}` };
  }
}

/** SHA-256 of a file, in hex. */
export async function hashOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}
