import { execFileSync } from "node:child_process";
import { linkSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { OutsideWorkspace, openWorkspace, type Workspace } from "../../../shared/tools/files/door.ts";
import { builtInTools } from "../../../shared/tools/index.ts";
import { toolContext } from "../../doubles/tool-context.ts";

let folder: string;
let root: string;
let workspace: Workspace;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "kaos-files-"));
  root = join(folder, "workspace");
  mkdirSync(root);
  writeFileSync(join(folder, "secret"), "outside");
  workspace = openWorkspace(root);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("what is written is read again, and listed with its folders", async () => {
  await workspace.write("notes/plan.md", "one");
  await workspace.write("notes/plan.md", "two ☂");
  expect(await workspace.read("./notes//plan.md")).toBe("two ☂");
  expect(await workspace.list("")).toEqual([
    { path: "notes/", bytes: 0 },
    { path: "notes/plan.md", bytes: 7 },
  ]);
  expect(await workspace.list("notes")).toEqual([{ path: "notes/plan.md", bytes: 7 }]);
  expect(readdirSync(join(root, "notes"))).toEqual(["plan.md"]);
  expect(statSync(join(root, "notes", "plan.md")).mode & 0o777).toBe(0o600);
});

test("a workspace that was never written to is empty", async () => {
  expect(await openWorkspace(join(folder, "none")).list("")).toEqual([]);
});

describe("rule 5: nothing leads out", () => {
  test.each([
    "../secret",
    "a/../../secret",
    "/etc/passwd",
    "C:\\windows",
    "a\\..\\b",
    "..",
    ".",
    "",
    "a\0b",
    `${"a/".repeat(30)}b`,
    "x".repeat(2_000),
  ])("%j is no path of the workspace", async (path) => {
    await expect(workspace.read(path)).rejects.toThrow(OutsideWorkspace);
    await expect(workspace.write(path, "x")).rejects.toThrow(OutsideWorkspace);
  });

  test("a link to a file outside is not read", async () => {
    symlinkSync(join(folder, "secret"), join(root, "link"));
    await expect(workspace.read("link")).rejects.toThrow();
    expect(await workspace.list("")).toEqual([]);
  });

  test("a link to a folder outside is not gone through", async () => {
    symlinkSync(folder, join(root, "out"));
    await expect(workspace.read("out/secret")).rejects.toThrow("goes through a link");
    await expect(workspace.write("out/new", "x")).rejects.toThrow("goes through a link");
    await expect(workspace.list("out")).rejects.toThrow("goes through a link");
    await expect(workspace.list("out/workspace")).rejects.toThrow("goes through a link");
    expect(readdirSync(folder).sort()).toEqual(["secret", "workspace"]);
  });

  test("a second name of a file outside is not read, and writing there does not change it", async () => {
    linkSync(join(folder, "secret"), join(root, "twin"));
    await expect(workspace.read("twin")).rejects.toThrow(OutsideWorkspace);
    await workspace.write("twin", "mine");
    expect(statSync(join(folder, "secret")).size).toBe("outside".length);
  });

  test("a pipe does not hold the reader", async () => {
    execFileSync("mkfifo", [join(root, "pipe")]);
    await expect(workspace.read("pipe")).rejects.toThrow(OutsideWorkspace);
  });

  test("a file that is too large is neither read nor written", async () => {
    writeFileSync(join(root, "large"), Buffer.alloc(1_048_577));
    await expect(workspace.read("large")).rejects.toThrow("at most 1048576");
    await expect(workspace.write("x", "x".repeat(1_048_577))).rejects.toThrow("at most 1048576");
  });
});

test("a model reads what is wrong, and goes on", async () => {
  const tools = builtInTools({
    clock: { now: () => 0, sleep: () => Promise.reject(new Error("nobody waits here")) },
    workspace: root,
  });
  const read = tools.find(({ name }) => name === "read-file");
  await expect(read?.run({ path: "../secret" }, toolContext())).rejects.toThrow(
    '"../secret" is not a path in your workspace. Write one like notes/plan.md.',
  );
});
