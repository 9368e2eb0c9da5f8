import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { programRoot } from "../../../../shared/config/index.ts";

test("an agent's program does not load the Telegram library before an account connects", () => {
  const child = `
    const { createRequire } = await import("node:module");
    const loaded = () => Object.keys(createRequire(process.cwd() + "/x.js").cache).some((path) => /node_modules.telegram./.test(path));
    await import("./agents/agent-process.ts");
    const before = loaded();
    await import("telegram");
    console.log(JSON.stringify([before, loaded()]));
  `;
  const args = ["--input-type=module", "--no-warnings", "--eval", child];
  const output = execFileSync(process.execPath, args, { cwd: programRoot(), encoding: "utf8" });
  expect(JSON.parse(output)).toEqual([false, true]);
});

test("one file loads the library, and it does so when it is called", () => {
  const folder = join(programRoot(), "shared");
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".ts"));
  const atOnce = /^import (?!type)[^;]*from "telegram/m;
  const loading = files.filter((path) => {
    const text = readFileSync(join(folder, path), "utf8");
    return text.includes('import("telegram') || atOnce.test(text);
  });
  expect(loading).toEqual([join("transport", "telegram", "gramjs", "client.ts")]);
  expect(readFileSync(join(folder, loading[0] ?? ""), "utf8")).not.toMatch(atOnce);
});
