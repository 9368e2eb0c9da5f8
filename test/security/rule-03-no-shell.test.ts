/** Rule 3: programs are started by arguments and never by a line of text, in an environment made of a short list. */
import { execFileSync } from "node:child_process";
import { Linter } from "eslint";
import { expect, test } from "vitest";
import { childEnv } from "../../shared/config/index.ts";

const BANNED = [
  'import { exec } from "node:child_process"; exec("ls " + name);',
  'import { execSync } from "child_process"; execSync("ls " + name);',
  'import { spawn } from "node:child_process"; spawn("ls", [], { shell: true });',
  'import { execFile } from "node:child_process"; execFile("ls", [], { shell: "/bin/sh" });',
  'import * as cp from "node:child_process"; cp.exec("ls");',
  'const { exec } = await import("node:child_process");',
  'const { execSync } = require("node:child_process");',
];
const FINE = [
  'import { spawn } from "node:child_process"; spawn("ls", [name]);',
  'import { execFile } from "node:child_process"; execFile("ls", [name], { shell: false });',
];

/** The rules that the repository's own configuration has for this kind of file, without those that need types. */
async function rulesFor(kind: string): Promise<Linter.RulesRecord> {
  const path = "../../eslint.config.js";
  const { default: config } = (await import(path)) as { default: Linter.Config[] };
  const own = config.find(({ files }) => files?.includes(kind))?.rules ?? {};
  return Object.fromEntries(
    Object.entries(own).flatMap(([name, rule]) => (name.includes("/") || rule === undefined ? [] : [[name, rule]])),
  );
}

test.each(["**/*.ts", "**/*.cjs"])(
  "the lint that guards %s catches each way to a shell, and lets arguments pass",
  async (kind) => {
    const linter = new Linter();
    const rules = await rulesFor(kind);
    const complaints = (code: string) =>
      linter
        .verify(code, [{ languageOptions: { sourceType: "module" }, rules }])
        .filter(({ message }) => message.includes("A shell reads its text as a program")).length;
    for (const code of BANNED) expect(complaints(code), code).toBeGreaterThan(0);
    for (const code of FINE) expect(complaints(code), code).toBe(0);
  },
);

test("a child is given a short list of variables, whatever this process has", () => {
  const before = { ...process.env };
  const loaded = { NODE_OPTIONS: "--require /tmp/x", LD_PRELOAD: "/tmp/x.so", BASH_ENV: "/tmp/x", ZDOTDIR: "/tmp" };
  const secrets = {
    OPENAI_API_KEY: "sk-x",
    TELEGRAM_API_HASH: "x",
    npm_config_userconfig: "/tmp/.npmrc",
    PYTHONPATH: "/tmp",
  };
  Object.assign(process.env, loaded, secrets);
  try {
    const told = execFileSync(process.execPath, ["-p", "JSON.stringify(process.env)"], {
      env: childEnv({ MINE: "1" }),
    });
    const names = Object.keys(JSON.parse(told.toString()) as object);
    for (const name of [...Object.keys(loaded), ...Object.keys(secrets)]) expect(names).not.toContain(name);
    expect(names).toContain("MINE");
  } finally {
    for (const name of [...Object.keys(loaded), ...Object.keys(secrets)]) {
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    }
  }
});
