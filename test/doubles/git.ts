/** git as a person runs it in a repository of their own, whatever this machine's configuration says. */
import { execFileSync } from "node:child_process";

export function git(folder: string, ...args: string[]): Buffer {
  return execFileSync(
    "git",
    ["-c", "user.name=Kay", "-c", "user.email=kay@example.org", "-c", "commit.gpgsign=false", ...args],
    { cwd: folder, env: { PATH: process.env["PATH"], HOME: folder, GIT_CONFIG_NOSYSTEM: "1" }, stdio: "pipe" },
  );
}
