/** The public sample skills: they load as they are, with what a YAML parser finds; broken ones say why. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readSkillText } from "../../../shared/skills/index.ts";

/** A folder of public sample skills, which stay outside of the repository. */
const corpora = process.env["KAOS_CORPORA"] ?? "";

type Sample = {
  text: string;
  dir: string | null;
  ref?: { name: string | null; description: string | null; errors: string[] };
};
const UNREADABLE = ["no-frontmatter", "name-missing", "description-missing", "yaml-error"];

describe.skipIf(!existsSync(corpora))("public skills (needs KAOS_CORPORA)", () => {
  const folders = existsSync(corpora) ? readdirSync(corpora).filter((name) => name.startsWith("skills_")) : [];
  for (const folder of folders.filter((name) => existsSync(join(corpora, name, "dev.jsonl")))) {
    test(folder, () => {
      const lines = readFileSync(join(corpora, folder, "dev.jsonl"), "utf8")
        .trim()
        .split("\n");
      for (const { text, dir, ref } of lines.map((line) => JSON.parse(line) as Sample)) {
        const read = readSkillText(text, dir ?? "skill");
        if (ref === undefined) continue;
        if (ref.errors.some((error) => UNREADABLE.includes(error)))
          expect(read, dir ?? "").toMatchObject({ readable: false });
        else expect(read, dir ?? "").toMatchObject({ readable: true, name: ref.name, description: ref.description });
      }
    });
  }
});
