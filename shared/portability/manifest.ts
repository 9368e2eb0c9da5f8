/** The first file of an archive: what made it, when, and every other file with its size and hash. */
import { z } from "zod";
import { ArchiveRefused } from "./refused.ts";

const FORMAT = "kaos-export";
/** Grows when an older program could not read what a newer one writes. */
const VERSION = 1;

const shape = z.strictObject({
  format: z.literal(FORMAT),
  version: z.literal(VERSION),
  /** The program that wrote it. */
  kaos: z.string().max(100),
  /** ISO time; the one thing in which two archives of the same home differ. */
  madeAt: z.iso.datetime(),
  agents: z.array(z.string().regex(/^[a-z][a-z0-9-]{1,30}$/)).max(1_000),
  /** Lines of each file of lines. */
  counts: z.record(z.string(), z.int().min(0)),
  files: z.record(z.string(), z.strictObject({ bytes: z.int().min(0), sha256: z.string().regex(/^[0-9a-f]{64}$/) })),
});
export type Manifest = z.output<typeof shape>;

export function writeManifest(manifest: Omit<Manifest, "format" | "version">): string {
  return `${JSON.stringify({ format: FORMAT, version: VERSION, ...manifest }, undefined, 2)}\n`;
}

/** Throws ArchiveRefused: for what is no manifest, and for one of a newer program. */
export function readManifest(text: string): Manifest {
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch (cause) {
    throw new ArchiveRefused("Its manifest is no JSON.", { cause });
  }
  const about = z.object({ format: z.literal(FORMAT), version: z.number() }).safeParse(raw);
  if (!about.success) throw new ArchiveRefused("It has no manifest of `kaos export`.");
  if (about.data.version !== VERSION)
    throw new ArchiveRefused(
      `It is of version ${about.data.version}, and this program reads version ${VERSION}. Update KAOS, then import it.`,
    );
  const parsed = shape.safeParse(raw);
  if (!parsed.success) throw new ArchiveRefused(`Its manifest is not whole: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}
