import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { kaos, newHome } from "./kaos.ts";

test("bash completes commands, subcommands and options", async () => {
  const { stdout: script } = await kaos(newHome(), ["completion", "bash"]);
  const complete = (...words: string[]): string[] => {
    const asked = `${script}\nCOMP_WORDS=(kaos ${words.map((word) => `"${word}"`).join(" ")}); COMP_CWORD=${words.length}; _kaos; echo "\${COMPREPLY[@]}"`;
    return execFileSync("bash", ["-c", asked], { encoding: "utf8" }).trim().split(" ");
  };
  expect(complete("st")).toEqual(["status"]);
  expect(complete("memory", "s")).toContain("search");
  expect(complete("--home", "x", "chat", "--ag")).toEqual(["--agent"]);
  expect(complete("chat", "--agent", "kronos", "--pr")).toEqual(["--prompt"]);
});

test("zsh and fish get their own words for it", async () => {
  const zsh = await kaos(newHome(), ["completion", "zsh"]);
  expect(zsh.stdout).toMatch(/^autoload -U \+X bashcompinit/);
  const fish = await kaos(newHome(), ["completion", "fish"]);
  expect(fish.stdout).toMatch(/^complete -c kaos -f -n '__fish_use_subcommand' -a status -d '.+'$/m);
});
