/** What `kaos mcp` found out about a server: how it is, and what it says of its tools. */
import { z } from "zod";
import { oneLine } from "../../shared/base/index.ts";
import type { RanKaos, RunKaos } from "../kaos.ts";

const checked = z.array(
  z.object({
    name: z.string(),
    health: z.string(),
    because: z.string(),
    about: z.string(),
    tools: z.array(z.string()),
  }),
);
const tried = z.object({
  name: z.string(),
  about: z.string(),
  because: z.string(),
  tools: z.array(z.object({ name: z.string(), description: z.string() })),
  fingerprint: z.string(),
});

export type Checked = z.output<typeof checked>[number];
export type Tried = z.output<typeof tried>;
export type Found<What> = { found: true; what: What } | { found: false; because: string };

/** A server as a form names it. `words` are the program and its arguments, one a line; else there is an address. */
export type Wanted = { name: string; words: readonly string[]; url: string };

/** Starts a server that is known, lists its tools, stops it. */
export async function checkServer(kaos: RunKaos, name: string): Promise<Found<Checked>> {
  const ran = await kaos(["mcp", "check", "--json", "--", name]);
  const [one] = read(checked, ran.stdout) ?? [];
  return one === undefined ? { found: false, because: told(ran) } : { found: true, what: one };
}

/** Tries a server that is not known yet; with a fingerprint it is kept for agents that run, if its tools are still those. */
export async function tryServer(kaos: RunKaos, wanted: Wanted, fingerprint?: string): Promise<Found<Tried>> {
  const keep = fingerprint === undefined ? [] : ["--yes", `--expect=${fingerprint}`];
  const address = wanted.url === "" ? [] : [`--url=${wanted.url}`];
  const ran = await kaos([
    "mcp",
    "add",
    "--running",
    "--json",
    ...keep,
    ...address,
    "--",
    wanted.name,
    ...wanted.words,
  ]);
  const what = ran.code === 0 ? read(tried, ran.stdout) : undefined;
  return what === undefined ? { found: false, because: told(ran) } : { found: true, what };
}

/** Takes out a server that was added while running; undefined when that worked, else why not. */
export async function removeServer(kaos: RunKaos, name: string): Promise<string | undefined> {
  const ran = await kaos(["mcp", "remove", "--running", "--", name]);
  return ran.code === 0 ? undefined : told(ran);
}

function read<What>(shape: z.ZodType<What>, text: string): What | undefined {
  try {
    return shape.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

function told({ stderr }: RanKaos): string {
  const said = oneLine(stderr.replace(/^\s*[✗!]\s*/, "")).trim();
  return said === "" ? "It could not be tried, and nothing says why." : said;
}
