/** The program as a registry would bring it: built, in a folder of its own without its sources, and a person with an empty home. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { programRoot } from "../../shared/config/index.ts";
import { type Ran, runInKept } from "../cli/kept.ts";

export type Installed = {
  /** Where the program lies. */
  program: string;
  /** The person's own folder. */
  user: string;
  /** As the person starts it: a process of its own. */
  run(words: readonly string[], options?: Options): Promise<Ran>;
  /** The same program in a process that is kept for the next command. */
  runKept(words: readonly string[], options?: Options): Promise<Ran>;
  remove(): void;
};
type Options = { input?: string; env?: Record<string, string> };

/** `bring` puts the program into the folder that it is given. */
export async function install(
  bring: (program: string, folder: string) => void | Promise<void> = copy,
): Promise<Installed> {
  const folder = mkdtempSync(join(tmpdir(), "kp-"));
  const program = join(folder, "node_modules", "kronos-agent-os");
  mkdirSync(program, { recursive: true });
  await bring(program, folder);
  linkDependencies(program, join(folder, "node_modules"));
  const user = join(folder, "user");
  mkdirSync(user);
  const settings = { PATH: process.env["PATH"] ?? "", HOME: user, DASHBOARD_PORT: "0", SWARM_PACE: "0.05" };
  return {
    program,
    user,
    async run(words, { input, env = {} } = {}) {
      const child = spawn(process.execPath, [join(program, "cli/kaos.cjs"), ...words], {
        cwd: user,
        env: { ...settings, ...env },
        stdio: ["pipe", "pipe", "pipe"],
      });
      child.stdin.end(input ?? "");
      const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "exit")]);
      return { stdout, stderr, code: code as number | null };
    },
    runKept: (words, { input = "", env = {} } = {}) =>
      runInKept({
        program: join(program, "dist/cli/main.js"),
        words,
        env: { ...settings, ...env },
        input,
        folder: user,
      }),
    remove: () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }),
  };
}

/** What runs, copied from here; whether the package itself holds it, `packed.test.ts` asks. */
function copy(program: string): void {
  for (const part of ["package.json", "cli", "dist", "agents", "skills", "dashboard/assets", "ecosystem.config.cjs"])
    cpSync(join(programRoot(), part), join(program, part), {
      recursive: true,
      filter: (source) => !source.endsWith(".map") && !(source.endsWith(".ts") && !source.endsWith(".d.ts")),
    });
}

/** As npm lays them out: beside the package, not in it. */
function linkDependencies(program: string, modules: string): void {
  const { dependencies } = JSON.parse(readFileSync(join(program, "package.json"), "utf8")) as {
    dependencies: Record<string, string>;
  };
  for (const name of Object.keys(dependencies)) {
    mkdirSync(join(modules, name, ".."), { recursive: true });
    symlinkSync(join(programRoot(), "node_modules", name), join(modules, name));
  }
}
