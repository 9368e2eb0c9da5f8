/** Runs our own command line for what the control room cannot do itself: it starts no foreign program in its own process. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { cut } from "../shared/base/index.ts";
import { ownEnv, programRoot } from "../shared/config/index.ts";

export type RanKaos = { code: number | null; stdout: string; stderr: string };

/** `kaos <words>` on the home of this control room, to its end; never rejects. */
export type RunKaos = (words: readonly string[]) => Promise<RanKaos>;

/** The longest that a server may take to start, and a little. */
const DEADLINE_MS = 90_000;
const OUTPUT_CHARACTERS_MAX = 2_000_000;

/** Words are passed as they are, one argument each, through no shell. */
export function kaosAt(home: string): RunKaos {
  return (words) =>
    new Promise((resolve) => {
      const program = join(programRoot(), "dist", "cli", "main.js");
      const child = spawn(process.execPath, [program, "--home", home, ...words], {
        env: ownEnv({ NO_COLOR: "1" }),
        stdio: ["ignore", "pipe", "pipe"],
        shell: false,
        timeout: DEADLINE_MS,
      });
      const said = { stdout: "", stderr: "" };
      for (const name of ["stdout", "stderr"] as const)
        child[name].setEncoding("utf8").on("data", (piece: string) => {
          said[name] = cut(said[name] + piece, OUTPUT_CHARACTERS_MAX);
        });
      child.once("error", (error) => resolve({ code: null, stdout: "", stderr: error.message }));
      child.once("close", (code) => resolve({ code, ...said }));
    });
}
