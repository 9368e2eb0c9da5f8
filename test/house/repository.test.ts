/** What is in the repository works for everyone who clones it: no machine, no registry, no account of ours in it. */
import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { homedir, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { exists, filesBelow, foldersIn, read, root } from "./tree.ts";

const packageJson = JSON.parse(read("package.json")) as {
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
  scripts: Record<string, string>;
  allowScripts?: Record<string, boolean>;
};
const textual = /(\.(ts|cjs|js|mjs|json|md|yml|css|sql)|^\.ci\/run|rc|ignore)$/;
const files = filesBelow(".").filter((path) => textual.test(path));

describe("dependencies", () => {
  const lockfile = JSON.parse(read("package-lock.json")) as {
    packages: Record<string, { resolved?: string; integrity?: string; hasInstallScript?: boolean }>;
  };

  test("the lockfile names no download address, and a checksum for each package", () => {
    const packages = Object.entries(lockfile.packages).filter(([place]) => place !== "");
    expect(packages.length).toBeGreaterThan(100);
    expect(packages.filter(([, { resolved }]) => resolved !== undefined).map(([place]) => place)).toEqual([]);
    expect(packages.filter(([, { integrity }]) => integrity === undefined).map(([place]) => place)).toEqual([]);
  });

  test("no package runs a script while it is installed, but for those that package.json names", () => {
    const scripted = Object.entries(lockfile.packages).filter(([, { hasInstallScript }]) => hasInstallScript);
    const named = Object.keys(packageJson.allowScripts ?? {});
    expect(
      scripted.map(([place]) => place.replace(/^.*node_modules\//, "")).filter((name) => !named.includes(name)),
    ).toEqual([]);
  });

  test("versions are exact", () => {
    const all = Object.entries({ ...packageJson.dependencies, ...packageJson.devDependencies });
    expect(all.filter(([, version]) => !/^(npm:[\w@/-]+@)?\d+\.\d+\.\d+$/.test(version))).toEqual([]);
  });

  test.each(["dependencies", "devDependencies"] as const)(
    "docs/dependencies.md has a sentence for each of %s, and for nothing else",
    (kind) => {
      const [, runtime = "", development = ""] = read("docs/dependencies.md").split(/^## /m);
      const section = kind === "dependencies" ? runtime : development;
      const rows = [...section.matchAll(/^\| `([^`]+)` \| (.{10,}) \|$/gm)].map(([, name]) => name);
      expect(rows.toSorted()).toEqual(Object.keys(packageJson[kind]).toSorted());
    },
  );
});

describe("no trace of a machine", () => {
  // Written in pieces, so that this file is not its own finding.
  const hosts = ["npmjs", "yarnpkg"].map((name) => ["registry", name].join("."));
  // A home such as "/root" is an ordinary word in a test of paths; a folder inside it is not.
  const places = [root, `${homedir()}/`].filter((place) => place.split("/").length > 2);

  test("no file names a registry or a place on the machine it was written on", () => {
    const found = files.flatMap((path) => {
      const text = read(path);
      return [...hosts, ...places].filter((word) => text.includes(word)).map((word) => `${path}: ${word}`);
    });
    expect(files.length).toBeGreaterThan(100);
    expect(found).toEqual([]);
  });

  test("what running leaves behind is ignored by git", () => {
    const ignored = read(".gitignore").split("\n");
    expect(ignored).toEqual(expect.arrayContaining(["node_modules/", ".node/", "dist/", "data/", ".env"]));
  });
});

describe("the commands", () => {
  test("each npm script sets the project up by itself", () => {
    const scripts = Object.entries(packageJson.scripts);
    expect(scripts.filter(([, command]) => !/^node cli\/(setup|kaos)\.cjs\b/.test(command))).toEqual([]);
    expect(Object.keys(packageJson.scripts)).toEqual(expect.arrayContaining(["demo", "test", "check"]));
  });

  test("CI runs what the README tells people to run", () => {
    const readme = read("README.md") + read("CONTRIBUTING.md");
    const commands = [...read(".ci/run").matchAll(/^step (npm .+)$/gm)].map(([, command = ""]) => command);
    expect(commands.length).toBeGreaterThanOrEqual(3);
    for (const command of commands) expect(readme, command).toContain(command.split(" -- ")[0]);
  });
});

describe("the swarm for pm2", () => {
  test("has one process for each agent, and the supervisor", () => {
    type Ecosystem = { apps: { name: string; args: string[] }[] };
    const { apps } = createRequire(import.meta.url)(`${root}/ecosystem.config.cjs`) as Ecosystem;
    const agents = foldersIn("agents").filter((folder) => exists(`${folder}/agent.json`));
    const names = agents.map((folder) => folder.slice("agents/".length));
    expect(apps.map(({ name }) => name)).toEqual([...names, "supervisor"].toSorted());
    for (const { name, args } of apps) expect(args).toEqual(name === "supervisor" ? [] : [name]);
  });

  test("lives in the home that .env names, unless the environment names another", () => {
    const clone = realpathSync(mkdtempSync(join(tmpdir(), "kaos-clone-")));
    onTestFinished(() => rmSync(clone, { recursive: true, force: true }));
    for (const part of ["package.json", "tsconfig.build.json", "ecosystem.config.cjs", "cli/setup", "agents"])
      cpSync(join(root, part), join(clone, part), { recursive: true });
    const homesOf = (environment: NodeJS.ProcessEnv = {}) => {
      const print = "const { apps } = require('./ecosystem.config.cjs'); console.log(JSON.stringify(apps))";
      const { KAOS_HOME: _, ...env } = process.env;
      const said = execFileSync(process.execPath, ["-e", print], { cwd: clone, env: { ...env, ...environment } });
      const apps = JSON.parse(said.toString()) as { env: { KAOS_HOME: string }; out_file: string }[];
      return [...new Set(apps.flatMap((app) => [app.env.KAOS_HOME, dirname(dirname(app.out_file))]))];
    };
    expect(homesOf()).toEqual([join(clone, "data")]);
    writeFileSync(join(clone, ".env"), "# mine\nexport KAOS_HOME='/srv/my home' # here\nLOG_LEVEL=debug\n");
    expect(homesOf()).toEqual(["/srv/my home"]);
    expect(homesOf({ KAOS_HOME: "/srv/other" })).toEqual(["/srv/other"]);
  });
});
