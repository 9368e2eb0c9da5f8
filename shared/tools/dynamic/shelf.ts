/** The tools that an agent wrote and a person allowed: one file each, in the agent's own folder, outside its workspace. */
import { mkdir, open, readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { OperationalError, secret } from "../../base/index.ts";
import { CODE_CHARACTERS_MAX } from "./run-code.ts";

/** A tool of an agent's own that is not there, cannot be kept or cannot be read. The message says what to do. */
export class OwnToolProblem extends OperationalError {
  override readonly name = "OwnToolProblem";
}

const TOOLS_MAX = 50;

/** Checked in this one place: it becomes the name of a file. */
export const ownToolName = z
  .string()
  .regex(/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/, "write words in lower case with dashes between them, as in count-words")
  .max(60);

const ownTool = z.strictObject({
  name: ownToolName,
  description: z.string().min(1).max(500),
  code: z.string().min(1).max(CODE_CHARACTERS_MAX),
  example: z.json(),
});
export type OwnTool = z.infer<typeof ownTool>;

export type Shelf = {
  /** Replaces what is there under this name. Rejects with OwnToolProblem when the shelf is full. */
  keep(tool: OwnTool): Promise<void>;
  /** Rejects with OwnToolProblem when it is not there or was damaged. */
  get(name: string): Promise<OwnTool>;
  names(): Promise<string[]>;
};

/** The shelf in this folder, which is made with the first tool. */
export function openShelf(folder: string): Shelf {
  const names = async (): Promise<string[]> => {
    const files = await readdir(folder).catch(() => []);
    return files
      .filter((file) => file.endsWith(".json"))
      .map((file) => file.slice(0, -".json".length))
      .toSorted();
  };
  return {
    names,
    async keep(tool) {
      const kept = await names();
      if (kept.length >= TOOLS_MAX && !kept.includes(tool.name))
        throw new OwnToolProblem(`There are ${kept.length} tools of your own already, which is all there may be.`);
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const aside = join(folder, `.${tool.name}.${secret(6)}`);
      try {
        const file = await open(aside, "wx", 0o600);
        await file.writeFile(JSON.stringify(ownTool.parse(tool), undefined, 2)).finally(() => file.close());
        await rename(aside, join(folder, `${tool.name}.json`));
      } finally {
        await rm(aside, { force: true });
      }
    },
    async get(name) {
      const known = await names();
      if (!ownToolName.safeParse(name).success || !known.includes(name)) {
        const there =
          known.length === 0 ? "there is none yet; propose-tool makes one" : `there are ${known.join(", ")}`;
        throw new OwnToolProblem(`There is no tool of your own called "${name}": ${there}.`);
      }
      const text = await readFile(join(folder, `${name}.json`), "utf8");
      const read = ownTool.safeParse(parse(text));
      if (read.success && read.data.name === name) return read.data;
      throw new OwnToolProblem(`The file of your tool ${name} is damaged. Propose the tool again.`);
    },
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
