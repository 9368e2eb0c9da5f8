/**
 * Rule 5: one door to the files of agents, names checked in one place, archives of plain files only.
 * More of it: test/shared/tools/files.test.ts, test/shared/portability/hostile.test.ts.
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { openWorkspace } from "../../shared/tools/files/door.ts";
import { filesBelow, read } from "../house/tree.ts";
import { agentPlace, bundle, skillText } from "../shared/skills/parts.ts";

function twoFolders() {
  const folder = mkdtempSync(join(tmpdir(), "kaos-rule-5-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const root = join(folder, "workspace");
  mkdirSync(join(root, "notes"), { recursive: true });
  mkdirSync(join(folder, "outside"));
  writeFileSync(join(folder, "outside", "secret"), "outside");
  return { folder, root, workspace: openWorkspace(root) };
}

test("no path made of what paths are made of reads or writes outside", async () => {
  const { folder, root, workspace } = twoFolders();
  symlinkSync(join(folder, "outside"), join(root, "link"));
  const piece = fc.constantFrom(
    "..",
    ".",
    "",
    "notes",
    "link",
    "outside",
    "secret",
    "a",
    "~",
    "%2e%2e",
    "..%2f",
    "…",
    "．．",
    "\\",
    "C:",
    "\0",
  );
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 6 }), fc.constantFrom("", "/"), async (pieces, first) => {
      const path = first + pieces.join("/");
      await workspace.write(path, "written").catch(() => undefined);
      expect(await workspace.read(path).catch(() => "")).not.toContain("outside");
      expect(readdirSync(join(folder, "outside"))).toEqual(["secret"]);
      expect(readFileSync(join(folder, "outside", "secret"), "utf8")).toBe("outside");
      expect(readdirSync(folder).sort()).toEqual(["outside", "workspace"]);
    }),
    { numRuns: 150 },
  );
});

test.each([
  "../evil",
  "../../evil",
  "/tmp/evil",
  "a/evil",
  ".",
  "..",
  ".versions",
  "",
  "-a",
  "a\0",
  "a\\evil",
  "x".repeat(100),
  "con/../evil",
])("%j is the name of no skill", (name) => {
  const { shelf, skills, own } = agentPlace();
  const how = { state: "active", findings: [], force: true, because: "a test" } as const;
  const put = shelf.put(bundle(name, { "SKILL.md": skillText(name) }), how);
  expect(put).not.toMatchObject({ put: true });
  expect(readdirSync(dirname(own)).filter((entry) => entry.includes("evil"))).toEqual([]);
  expect(skills.catalogue().text).toBe("");
});

/** Files of ours, a browser's profile, a sandbox's folder: none of them a path that a model names. */
const OTHERS = [
  "shared/tools/browser/launch.ts",
  "shared/tools/child.ts",
  "shared/tools/dynamic/probes.ts",
  "shared/tools/dynamic/run-code-unsandboxed.ts",
  "shared/tools/dynamic/shelf.ts",
  "shared/tools/server/register.ts",
  "shared/tools/server/ssh.ts",
];

test("the door is the only tool that opens paths of agents", () => {
  const openers = filesBelow("shared/tools").filter((path) => /from "node:fs(\/promises)?"/.test(read(path)));
  expect(openers.sort()).toEqual([...OTHERS, "shared/tools/files/door.ts"].sort());
});
