/** The set-up script on a clone in miniature: real processes, an npm and a compiler that take milliseconds. */
import { existsSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { afterEach, describe, expect, test } from "vitest";
import { createFakeClone, type FakeClone } from "./fake-clone.ts";
import { filesBelow, read } from "./tree.ts";

const clones: FakeClone[] = [];

function clone(options?: { node?: string }): FakeClone {
  const one = createFakeClone(options);
  clones.push(one);
  return one;
}

afterEach(() => {
  for (const one of clones.splice(0)) one.remove();
});

describe("a fresh clone", () => {
  test("is installed and built, then the program runs; stdout is the program's alone", async () => {
    const { run, npmCalls, at } = clone();
    const { code, stdout, stderr } = await run(["program.mjs", "--once", "--json"]);
    expect(stderr).toMatch(/^Installing packages.*\n.*done after .*\nBuilding …\n.*done after .*\n$/);
    expect(stdout.split("\n")).toHaveLength(2);
    expect(JSON.parse(stdout)).toMatchObject({ args: ["--once", "--json"], leftover: null });
    expect(code).toBe(0);
    expect(npmCalls()).toEqual(["ci --include=dev --include=optional"]);
    expect(existsSync(at("dist/a.js"))).toBe(true);
    expect(existsSync(at(".setup.lock"))).toBe(false);
  });

  test("is left alone afterwards", async () => {
    const { run, npmCalls } = clone();
    await run(["program.mjs"]);
    expect((await run(["program.mjs"])).stderr).toBe("");
    expect(npmCalls()).toHaveLength(1);
  });

  test("ends as the program ended", async () => {
    expect(await clone().run(["program.mjs", "exit", "3"])).toMatchObject({ code: 3 });
  });

  test("is not built for a program that needs no build", async () => {
    const { run, at } = clone();
    expect(await run(["--no-build", "program.mjs"])).toMatchObject({ code: 0 });
    expect(existsSync(at("dist"))).toBe(false);
  });

  test("is set up once by two who start at the same time", async () => {
    const { run, npmCalls } = clone();
    const both = await Promise.all([run(["program.mjs"]), run(["program.mjs"])]);
    expect(both.map(({ code }) => code)).toEqual([0, 0]);
    expect(npmCalls()).toHaveLength(1);
  });
});

describe("packages", () => {
  test("are installed again when the lockfile says something else, not when it was merely touched", async () => {
    const { run, npmCalls, write, at } = clone();
    await run([]);
    utimesSync(at("package-lock.json"), new Date(), new Date());
    await run([]);
    expect(npmCalls()).toHaveLength(1);
    write("package-lock.json", readFileSync(at("package-lock.json"), "utf8").replace("7.0.2", "7.0.3"));
    await run([]);
    expect(npmCalls()).toHaveLength(2);
  });

  test("that a person installed with npm are taken as they are", async () => {
    const { run, npmCalls, at } = clone();
    await run([]);
    rmSync(at("node_modules/.kaos-installed"));
    expect(await run(["program.mjs"])).toMatchObject({ code: 0, stderr: "" });
    expect(npmCalls()).toHaveLength(1);
  });

  test("from another kind of machine are installed again", async () => {
    const { run, npmCalls, write } = clone();
    await run([]);
    write("node_modules/.kaos-installed", "plan9 mips 0");
    await run([]);
    expect(npmCalls()).toHaveLength(2);
  });

  test("half installed by a set-up that was killed are installed again", async () => {
    const { start, run, npmHangs, npmCalls } = clone();
    const killed = start(["program.mjs"], "hangs");
    const npm = await npmHangs();
    killed.child.kill("SIGKILL");
    process.kill(npm, "SIGKILL");
    await killed.ended;
    expect(await run(["program.mjs"])).toMatchObject({ code: 0 });
    expect(npmCalls()).toHaveLength(2);
  });

  test("are waited for while an npm still writes them, though the set-up that started it was killed", async () => {
    const { start, npmHangs } = clone();
    const killed = start(["program.mjs"], "hangs");
    const npm = await npmHangs();
    killed.child.kill("SIGKILL");
    const next = start(["program.mjs"]);
    const told = new Promise<string>((resolve) =>
      next.child.stderr?.once("data", (text: Buffer) => resolve(text.toString())),
    );
    expect(await told).toContain("Another set-up is at work");
    process.kill(npm, "SIGKILL");
    expect(await next.ended).toMatchObject({ code: 0 });
  });
});

describe("stopped from outside while npm works", () => {
  test("npm ends too, the lock is released, and a person reads how to go on", async () => {
    const { start, npmHangs, at } = clone();
    const { child, ended } = start(["program.mjs"], "hangs");
    const npm = await npmHangs();
    child.kill("SIGTERM");
    const { signal, stdout, stderr } = await ended;
    expect(signal).toBe("SIGTERM");
    expect(stderr).toContain("Set-up interrupted; the same command takes it up again.");
    expect(stdout).toBe("");
    expect(() => process.kill(npm, 0)).toThrow("ESRCH");
    expect(existsSync(at(".setup.lock"))).toBe(false);
  });
});

describe("a lock", () => {
  const deadPid = 2 ** 22 + 1; // above Linux's largest

  test("of a process that is gone is taken over", async () => {
    const { run, write } = clone();
    write(".setup.lock", String(deadPid));
    expect(await run(["program.mjs"])).toMatchObject({ code: 0 });
  });

  test("that nobody has touched for a minute is taken over, whoever has its pid by now", async () => {
    const { run, write, at } = clone();
    write(".setup.lock", String(process.pid));
    const old = new Date(Date.now() - 61_000);
    utimesSync(at(".setup.lock"), old, old);
    expect(await run(["program.mjs"])).toMatchObject({ code: 0 });
  });
});

describe("trouble is told with the next step, on stderr, with code 1", () => {
  test("no registry", async () => {
    const { code, stdout, stderr } = await clone().run(["program.mjs"], "finds no registry");
    expect(stderr).toContain(
      "Set-up stopped: the package registry cannot be reached.\n  Next: Check the network and proxy",
    );
    expect(stderr).toContain("npm error request to http://127.0.0.1:9/x failed");
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  });

  test("a full disk, which npm calls a success; what it cut short is not used afterwards", async () => {
    const { run, npmCalls } = clone();
    const { code, stderr } = await run(["program.mjs"], "meets a full disk");
    expect(stderr).toContain("the disk is full.\n  Next: Free about 1 GB");
    expect(code).toBe(1);
    expect(await run(["program.mjs"])).toMatchObject({ code: 0 });
    expect(npmCalls()).toHaveLength(2);
  });

  test("sources that do not compile; the last good build stays", async () => {
    const { run, write, at } = clone();
    await run([]);
    write("shared/a.ts", "type error");
    const { code, stderr } = await run(["program.mjs"]);
    expect(stderr).toContain("the sources do not compile.");
    expect(stderr).toContain("shared/a.ts(1,1): error TS0: wrong");
    expect(code).toBe(1);
    expect(readFileSync(at("dist/a.js"), "utf8")).toBe("export const a = 1;");
    expect(existsSync(at("dist.new"))).toBe(false);
  });
});

describe("dist/", () => {
  test("is built again when a source changed, appeared or went, and keeps nothing of what went", async () => {
    const { run, write, at } = clone();
    write("shared/b.ts", "export const b = 1;");
    await run([]);
    write("shared/a.ts", "export const a = 22;");
    rmSync(at("shared/b.ts"));
    expect((await run([])).stderr).toContain("Building");
    expect(readFileSync(at("dist/a.js"), "utf8")).toBe("export const a = 22;");
    expect(existsSync(at("dist/b.js"))).toBe(false);
    expect(existsSync(at("dist.old"))).toBe(false);
  });
});

describe("where Node is too old", () => {
  test("a private one is fetched, told in one line, first in PATH, and used from then on", async () => {
    const { run, npmCalls, at } = clone({ node: "99.0" });
    const first = await run(["program.mjs", "a"]);
    const [told] = first.stderr.split("\n");
    expect(told).toBe(
      `KAOS needs Node 99.0 or newer and this is ${process.version}: putting a private one into .node.`,
    );
    expect(JSON.parse(first.stdout)).toMatchObject({ args: ["a"], leftover: null });
    expect(npmCalls()[0]).toMatch(new RegExp(`^install node-.*@22 --prefix ${at(".node")}$`));
    expect(await run(["program.mjs"])).toMatchObject({ code: 0, stderr: "" });
    expect(npmCalls()).toHaveLength(2);
  });

  test("one that was put there for another kind of machine is replaced", async () => {
    const { run, npmCalls, at } = clone({ node: "99.0" });
    await run([]);
    writeFileSync(at(".node/ready.json"), JSON.stringify({ platform: "plan9", arch: "mips" }));
    const node = npmCalls()[0]?.replace(/^install (.*)@22.*$/, "$1") ?? "";
    writeFileSync(at(".node/node_modules", node, "bin/node"), "not for this machine");
    expect(await run(["program.mjs"])).toMatchObject({ code: 0 });
    expect(npmCalls().filter((call) => call.startsWith("install"))).toHaveLength(2);
  });

  test("the program's exit code comes back, and a signal reaches the program", async () => {
    const { start, run } = clone({ node: "99.0" });
    expect(await run(["program.mjs", "exit", "7"])).toMatchObject({ code: 7 });
    const { child, ended } = start(["program.mjs", "wait"]);
    await new Promise((resolve) => child.stderr?.once("data", resolve));
    child.kill("SIGTERM");
    expect(await ended).toMatchObject({ code: 9, stderr: "waiting\n" });
  });
});

test("what runs before the right Node is found is written for Node 12", () => {
  const early = ["setup", "kaos", "setup/find-node", "setup/run-npm", "setup/run", "setup/lock", "setup/say"];
  const tooNew = /\?\.[\w[(]|\?\?|\|\|=|&&=|["']node:|\.(at|replaceAll|hasOwn|findLast|toSorted)\(|^\s+#\w+/m;
  for (const name of early) expect(read(`cli/${name}.cjs`), name).not.toMatch(tooNew);
  const late = ["setup/install-packages", "setup/build", "setup/bundle"];
  const all = filesBelow("cli").filter((path) => path.endsWith(".cjs"));
  expect(all.toSorted()).toEqual([...early, ...late].map((name) => `cli/${name}.cjs`).toSorted());
});
