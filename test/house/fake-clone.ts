/** A clone in miniature: the real set-up script with an npm and a compiler that take milliseconds and can be told to fail. */
import { type ChildProcess, spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { watch } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "./tree.ts";

export type Run = { code: number | null; signal: NodeJS.Signals | null; stdout: string; stderr: string };

export type FakeClone = {
  at(...path: string[]): string;
  write(path: string, text: string): void;
  /** Command lines npm was called with, oldest first. */
  npmCalls(): string[];
  /** Starts `node cli/setup.cjs …`. `npm` tells the fake npm what to do; by default it installs. */
  start(args: string[], npm?: NpmBehaviour): { child: ChildProcess; ended: Promise<Run> };
  /** Resolves to npm's pid once it hangs half-way. */
  npmHangs(): Promise<number>;
  run(args: string[], npm?: NpmBehaviour): Promise<Run>;
  remove(): void;
};

type NpmBehaviour = "hangs" | "finds no registry" | "meets a full disk";

const fakeNpm = `
import { appendFileSync, cpSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
const args = process.argv.slice(2);
appendFileSync("npm-calls.log", args.filter((one) => !one.startsWith("--no-") && !/^--(ignore|fetch|loglevel)/.test(one)).join(" ") + "\\n");
const behaviour = process.env.FAKE_NPM;
if (behaviour === "finds no registry") {
  console.error("npm error code ECONNREFUSED\\nnpm error request to http://127.0.0.1:9/x failed");
  process.exit(1);
}
const install = (place) => {
  rmSync(place, { recursive: true, force: true });
  mkdirSync(place + "/typescript-7/bin", { recursive: true });
  cpSync("fake-tsc.mjs", place + "/typescript-7/bin/tsc");
  mkdirSync(place + "/rolldown");
  cpSync("fake-rolldown.mjs", place + "/rolldown/index.mjs");
  writeFileSync(place + "/rolldown/package.json", JSON.stringify({ main: "index.mjs" }));
  if (behaviour === "hangs") {
    writeFileSync("npm-hangs.new", String(process.pid));
    renameSync("npm-hangs.new", "npm-hangs.pid");
    setInterval(() => undefined, 1000);
    return;
  }
  cpSync("package-lock.json", place + "/.package-lock.json");
};
if (args[0] === "ci") install("node_modules");
else {
  const name = args[1].slice(0, args[1].lastIndexOf("@"));
  mkdirSync(".node/node_modules/" + name + "/bin", { recursive: true });
  cpSync("fake-node.sh", ".node/node_modules/" + name + "/bin/node");
}
if (behaviour === "meets a full disk") console.error("npm warn tar TAR_ENTRY_ERROR ENOSPC: no space left on device, write");
`;

const fakeCompiler = `
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
const outDir = process.argv[process.argv.indexOf("--outDir") + 1];
mkdirSync(outDir, { recursive: true });
for (const name of readdirSync("shared")) {
  const text = readFileSync("shared/" + name, "utf8");
  if (text.includes("type error")) { console.log("shared/" + name + "(1,1): error TS0: wrong"); process.exit(1); }
  writeFileSync(outDir + "/" + name.replace(/ts$/, "js"), text);
}
`;

/** Leaves the one file of each module as it is. */
const fakeBundler = `
export const rolldown = async () => ({ write: async () => undefined, close: async () => undefined });
`;

const program = `
const said = { args: process.argv.slice(2), node: process.env.PATH.split(":")[0], leftover: process.env.KAOS_NODE ?? null };
process.stdout.write(JSON.stringify(said) + "\\n");
if (said.args[0] === "exit") process.exit(Number(said.args[1]));
if (said.args[0] === "wait") {
  setInterval(() => undefined, 1000);
  process.on("SIGTERM", () => process.exit(9));
  process.stderr.write("waiting\\n");
}
`;

/** `node` is what the project asks for; with "99.0" every real Node is too old and the fake npm brings one that is not. */
export function createFakeClone({ node = "22.18" } = {}): FakeClone {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "kaos-clone-")));
  const at = (...path: string[]) => join(folder, ...path);
  const write = (path: string, text: string) => writeFileSync(at(path), text);
  for (const sub of ["cli", "shared", "npm/bin", "home"]) mkdirSync(at(sub), { recursive: true });
  for (const part of ["cli/setup.cjs", "cli/setup"]) cpSync(join(root, part), at(part), { recursive: true });
  write("package.json", JSON.stringify({ type: "module", dependencies: {}, engines: { node: `>=${node}` } }));
  write(
    "package-lock.json",
    JSON.stringify({ packages: { "": {}, "node_modules/typescript-7": { version: "7.0.2" } } }),
  );
  write("tsconfig.json", "{}");
  write("tsconfig.build.json", JSON.stringify({ include: ["shared"] }));
  write("shared/a.ts", "export const a = 1;");
  write("npm/bin/npm-cli.js", fakeNpm);
  write("npm/package.json", JSON.stringify({ type: "module", version: "11.0.0" }));
  write("fake-tsc.mjs", fakeCompiler);
  write("fake-rolldown.mjs", fakeBundler);
  write("program.mjs", program);
  writeFileSync(
    at("fake-node.sh"),
    `#!/bin/sh\n[ "$1" = -v ] && echo v99.1.0 && exit\nexec "${process.execPath}" "$@"\n`,
    { mode: 0o755 },
  );

  function start(args: string[], npm?: NpmBehaviour): ReturnType<FakeClone["start"]> {
    rmSync(at("npm-hangs.pid"), { force: true });
    const child = spawn(process.execPath, [at("cli/setup.cjs"), ...args], {
      cwd: folder,
      env: { PATH: "/usr/bin:/bin", HOME: at("home"), npm_execpath: at("npm/bin/npm-cli.js"), FAKE_NPM: npm ?? "" },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (text: Buffer) => (stdout += text.toString()));
    child.stderr.on("data", (text: Buffer) => (stderr += text.toString()));
    const ended = new Promise<Run>((resolve) =>
      child.on("close", (code, signal) => resolve({ code, signal, stdout, stderr })),
    );
    return { child, ended };
  }

  async function npmHangs(): Promise<number> {
    const changes = watch(folder)[Symbol.asyncIterator]();
    while (!existsSync(at("npm-hangs.pid"))) await changes.next();
    await changes.return?.();
    return Number(readFileSync(at("npm-hangs.pid"), "utf8"));
  }

  return {
    at,
    write,
    start,
    npmHangs,
    npmCalls: () =>
      existsSync(at("npm-calls.log")) ? readFileSync(at("npm-calls.log"), "utf8").trim().split("\n") : [],
    run: (args, npm) => start(args, npm).ended,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
