/** Code that an agent wrote: what it can do inside, that it does not get out, and that nothing runs where there is no sandbox. */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { codeTools, createSandbox, proveWalls } from "../../../shared/tools/index.ts";
import { toolContext } from "../../doubles/tool-context.ts";

const signal = new AbortController().signal;
const sandbox = createSandbox();
const without = createSandbox({ find: () => undefined });
const missing = await sandbox.missing();

function own(box = sandbox, codeAllowed = true) {
  const folder = mkdtempSync(join(tmpdir(), "kaos-own-tools-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const tools = codeTools({ sandbox: box, folder, codeAllowed });
  const call = async (name: string, input: object): Promise<string> => {
    const tool = tools.find((one) => one.name === name);
    if (tool === undefined) throw new Error(`no tool ${name}`);
    const result = await tool.run(tool.input.parse(input), toolContext());
    return "text" in result ? result.text : "";
  };
  return { folder, call };
}

const countWords = {
  name: "count-words",
  description: "Counts the words of a text.",
  code: "return input.split(/\\s+/).length;",
  example: "one two three",
};

describe("where there is no sandbox", () => {
  test("no code runs, and the sentence says what is missing", async () => {
    const { call, folder } = own(without);
    const sentence =
      "there is no sandbox on this machine: the program bwrap is not installed (on Linux it comes with the package bubblewrap)";
    expect(await call("run-code", { code: "return 1" })).toBe(`Not done: ${sentence}.`);
    expect(await call("propose-tool", countWords)).toContain(
      `is not kept, because its example did not work. Not done: ${sentence}`,
    );
    expect(readdirSync(folder)).toEqual([]);
  });

  test("a sandbox that cannot be built counts as none", async () => {
    const broken = createSandbox({ find: () => "/bin/false" });
    expect(await broken.missing()).toContain("bubblewrap is installed but cannot build one");
    expect(await broken.run({ code: "return 1", signal })).toMatchObject({ ran: false, why: "unavailable" });
  });

  test("no wall is said to stand", async () => {
    const walls = await proveWalls(without, signal);
    expect(walls.length).toBeGreaterThan(10);
    expect(walls.filter(({ holds }) => holds)).toEqual([]);
  });

  test("the tool for such machines runs under Node's own walls, in a folder that is gone afterwards", async () => {
    expect(await own(without, false).call("run-code-unsandboxed", { code: "return 1" })).toBe(
      "Not done: it needs the gate dynamic-tools too, which is closed; ENABLE_DYNAMIC_TOOLS=true opens it.",
    );
    const { call } = own(without);
    const code = `
      const tries = { env: Object.keys(process.env), here: require("node:process").cwd() === input };
      try { require("node:fs").readFileSync("/etc/passwd"); tries.read = true; } catch (error) { tries.read = error.code; }
      try { require("node:child_process").execFileSync("true"); tries.run = true; } catch (error) { tries.run = error.code; }
      return tries;`;
    expect(await call("run-code-unsandboxed", { code })).toContain(
      'Result: {"env":[],"here":false,"read":"ERR_ACCESS_DENIED","run":"ERR_ACCESS_DENIED"}',
    );
  });
});

describe.skipIf(missing !== undefined)("in the sandbox (needs bubblewrap)", () => {
  test("every wall holds, proven from inside", { timeout: 120_000 }, async () => {
    const walls = await proveWalls(sandbox, signal);
    expect(walls.filter(({ holds }) => !holds)).toEqual([]);
  });

  test("code gets its input, modules of Node and a folder of its own, and returns JSON", async () => {
    const { call } = own();
    const code = `
      console.log("working");
      require("node:fs").writeFileSync("/tmp/a", JSON.stringify(input));
      const { createHash } = require("node:crypto");
      return { ...JSON.parse(require("node:fs").readFileSync("/tmp/a", "utf8")), hash: createHash("sha256").update("").digest("hex").slice(0, 8) };`;
    expect(await call("run-code", { code, input: { n: 2 } })).toBe(
      'Result: {"n":2,"hash":"e3b0c442"}\nPrinted:\nworking\n',
    );
    expect(await call("run-code", { code: "1" })).toBe("Result: null");
  });

  test.each([
    ["return await nothing()", "Not done: ReferenceError: nothing is not defined."],
    ["return (", "Not done: SyntaxError: Unexpected token '}'."],
    ["return 1n", "Not done: TypeError: Do not know how to serialize a BigInt."],
    [
      "setTimeout(() => { throw new Error('late') }); await new Promise(() => setTimeout(() => {}, 1e6))",
      "Not done: Error: late.",
    ],
    ["process.exit(3)", "Not done: it ended without an answer (exit 3: )."],
    ["process.stdout.write('no JSON'); process.exit(0)", "Not done: it ended without an answer (exit 0: )."],
  ])("what goes wrong is told: %s", async (code, sentence) => {
    expect(await own().call("run-code", { code })).toBe(sentence);
  });

  test("code that is stopped is gone, and whoever waits hears of it", async () => {
    const stop = new AbortController();
    const running = sandbox.run({ code: "while (true);", signal: stop.signal });
    stop.abort();
    await expect(running).rejects.toThrow();
  });

  test("a proposed tool is tried with its example, kept, listed and used", async () => {
    const { call, folder } = own();
    expect(await call("list-own-tools", {})).toBe("There is none yet; propose-tool makes one.");
    expect(await call("propose-tool", countWords)).toBe("count-words is kept. With its example: Result: 3");
    expect(readdirSync(folder)).toEqual(["count-words.json"]);
    expect(await call("list-own-tools", {})).toBe('count-words: Counts the words of a text. Example: "one two three"');
    expect(await call("use-own-tool", { name: "count-words", input: "a b" })).toBe("Result: 2");
  });

  test("a tool whose example fails is not kept", async () => {
    const { call, folder } = own();
    expect(await call("propose-tool", { ...countWords, example: 5 })).toMatch(/^count-words is not kept/);
    expect(readdirSync(folder)).toEqual([]);
  });
});

test.each(["../x", "a/b", "", "-x", "X", "x".repeat(80)])("%j is no name for a tool", async (name) => {
  await expect(own(without).call("propose-tool", { ...countWords, name })).rejects.toThrow();
  await expect(own(without).call("use-own-tool", { name: name || "none" })).rejects.toThrow(/There is no tool|Too big/);
});

test("a file that was damaged is named, and is in nobody's way", async () => {
  const { call, folder } = own();
  writeFileSync(join(folder, "broken.json"), '{"name":"other"');
  await expect(call("use-own-tool", { name: "broken" })).rejects.toThrow("The file of your tool broken is damaged");
  expect(await call("list-own-tools", {})).toContain("is damaged");
});
