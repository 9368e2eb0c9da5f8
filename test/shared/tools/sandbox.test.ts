/** Code that an agent wrote: what it can do inside, that it does not get out, and that nothing runs where there is no sandbox. */
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { codeTools, createSandbox, proveWalls } from "../../../shared/tools/index.ts";
import { toolContext } from "../../doubles/tool-context.ts";

const signal = new AbortController().signal;
const sandbox = createSandbox();
const without = createSandbox({ find: () => undefined });
const missing = await sandbox.missing();

function own(box = sandbox, codeAllowed = true) {
  const folder = mkdtempSync(join(tmpdir(), "kaos-own-tools-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const tools = codeTools({ sandbox: box, folder, codeAllowed: () => codeAllowed });
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
      "there is no sandbox on this machine: Docker is not installed; and the program bwrap is not installed (on Linux it comes with the package bubblewrap)";
    expect(await call("run-code", { code: "return 1" })).toBe(`Not done: ${sentence}.`);
    expect(await call("propose-tool", countWords)).toContain(
      `is not kept, because its example did not work. Not done: ${sentence}`,
    );
    expect(readdirSync(folder)).toEqual([]);
  });

  test("a sandbox that cannot be built counts as none", async () => {
    const broken = createSandbox({ find: () => "/bin/false" });
    expect(await broken.missing()).toMatch(
      /Docker is installed but cannot build one .*; and bubblewrap is installed but cannot build one/,
    );
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

describe("with Docker (a program that takes only what we may ask of it)", () => {
  /** A folder with the program under this name, and what it was called with. */
  function dockerLike(manner: string) {
    const folder = mkdtempSync(join(tmpdir(), "kaos-docker-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const program = join(folder, `docker${manner}.ts`);
    copyFileSync(new URL("./fake-docker.ts", import.meta.url), program);
    chmodSync(program, 0o755);
    // Its first line finds node by the PATH.
    vi.stubEnv("PATH", `${dirname(process.execPath)}:${process.env["PATH"]}`);
    vi.stubEnv("NODE_NO_WARNINGS", "1");
    onTestFinished(() => void vi.unstubAllEnvs());
    const calls = () =>
      readFileSync(join(folder, "calls.log"), "utf8")
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as string[]);
    return { program, calls };
  }
  const boxWith = (
    program: string,
    others: (name: string) => string | undefined = () => undefined,
    image = "kaos-test:1",
  ) => createSandbox({ find: (name) => (name === "docker" ? program : others(name)), image });

  test("code runs in a container with every wall, and Docker comes before bubblewrap", async () => {
    const { program, calls } = dockerLike("");
    const box = boxWith(program, (name) => `/usr/bin/${name}`);
    expect(await box.chosen()).toEqual({ kind: "Docker", passed: [] });
    expect(await box.run({ code: "console.log(input); return input + 1", input: 1, signal })).toEqual({
      ran: true,
      value: 2,
      printed: "1\n",
    });
    // Two runs, the trial and ours, under names of their own, and nothing else.
    const names = calls().map((words) => [words[0], words[words.indexOf("--name") + 1]]);
    expect(names.map(([verb]) => verb)).toEqual(["run", "run"]);
    expect(new Set(names.map(([, name]) => name)).size).toBe(2);
  });

  test("a container whose time is over, or that is stopped, is ended by its name", async () => {
    const { program, calls } = dockerLike("");
    const box = boxWith(program);
    expect(await box.run({ code: "while (true);", signal, deadlineMs: 1_500 })).toMatchObject({
      ran: false,
      why: "time",
    });
    const stop = new AbortController();
    const running = box.run({ code: "await new Promise((done) => setTimeout(done, 60000))", signal: stop.signal });
    await expect.poll(() => calls().filter(([verb]) => verb === "run").length).toBe(3);
    stop.abort();
    await expect(running).rejects.toThrow();
    const started = calls().flatMap((words) => (words[0] === "run" ? [words[words.indexOf("--name") + 1]] : []));
    expect(calls().filter(([verb]) => verb === "kill")).toEqual(started.slice(1).map((name) => ["kill", name]));
  });

  test("memory that the kernel took away is told as that", async () => {
    const { program } = dockerLike("-starved");
    expect(await boxWith(program).missing()).toContain("it took more than 512 MiB of memory");
  });

  test.each([
    ["-asleep", "kaos-test:1", "Cannot connect to the Docker daemon"],
    ["", "other:2", "there is no image other:2, and none is pulled"],
  ])("where it does not work, it is said why, and bubblewrap is tried: %s %s", async (manner, image, because) => {
    const { program } = dockerLike(manner);
    const alone = boxWith(program, undefined, image);
    expect(await alone.missing()).toContain(because);
    expect(await alone.run({ code: "return 1", signal })).toMatchObject({ ran: false, why: "unavailable" });
    const { kind, passed } = await boxWith(program, (name) => sandboxed(name), image).chosen();
    expect(passed[0]).toEqual({ kind: "Docker", because: expect.stringContaining(because) });
    expect(kind).toBe(missing === undefined ? "bubblewrap" : undefined);
  });
  const sandboxed = (name: string) => (existsSync(`/usr/bin/${name}`) ? `/usr/bin/${name}` : undefined);
});

describe.skipIf(missing !== undefined)("in the sandbox (needs bubblewrap)", () => {
  test("every wall holds, proven from inside", async () => {
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
