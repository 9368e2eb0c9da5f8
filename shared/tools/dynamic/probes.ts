/** Proves each wall of the sandbox from inside: code tries to get out, and says how it went. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { secret } from "../../base/index.ts";
import type { Ran, Sandbox, SandboxKind } from "./sandbox.ts";

export type Wall = {
  wall: string;
  holds: boolean;
  /** What the code inside found. */
  found: string;
};

/** What is true outside, and must not be reachable from inside. */
type Outside = { port: number; folder: string; file: string; word: string; pid: number };

/** What the code is told: the files of a container are its image's, not this machine's. */
type Told = Outside & { container: boolean };

type Probe = {
  wall: string;
  /** The wall stands in Node's permission model; all others must hold without it. */
  inner?: true;
  /** Body of a function of `input`, which is Outside. Returns `{ out, found }`: whether it got out, and a sentence. */
  code: string;
  /** For walls that end the code: how it must end. */
  ends?: "time" | "memory" | "output";
  deadlineMs?: number;
  /** Only with this kind of sandbox: a container has programs of its own, which get no further than the code itself. */
  only?: SandboxKind;
};

const TRY = `
const attempt = (what, act) => { try { return { what, got: act() }; } catch (error) { return { what, error: error.code ?? error.message }; } };
const fs = require("node:fs");
const report = (tries) => ({
  out: tries.some((one) => !("error" in one)),
  found: tries.map(({ what, error }) => what + ": " + (error ?? "it worked")).join(", "),
});
`;

const probes: readonly Probe[] = [
  {
    wall: "network",
    code: `
      const { connect } = require("node:net");
      const one = (host, port) => new Promise((done) => {
        const socket = connect({ host, port, timeout: 2000 });
        socket.on("connect", () => { socket.destroy(); done({ what: host }); });
        socket.on("timeout", () => { socket.destroy(); done({ what: host, error: "no answer" }); });
        socket.on("error", (error) => done({ what: host, error: error.code }));
      });
      const cards = Object.entries(require("node:os").networkInterfaces()).filter(([, all]) => all.some(({ internal }) => !internal));
      const result = report([await one("127.0.0.1", input.port), await one("192.0.2.1", 80), await one("kaos.example", 80)]);
      return { out: result.out || cards.length > 0, found: result.found + ", network cards: " + cards.length };`,
  },
  {
    wall: "reading outside",
    code: `return report((input.container ? [input.file] : [input.file, "/etc/passwd", "/proc/1/environ", "/root", "/home", "/var"]).map((path) =>
      attempt(path === input.file ? "a file of the home" : path, () => fs.statSync(path).isDirectory() ? fs.readdirSync(path) : fs.readFileSync(path, "utf8"))));`,
  },
  {
    wall: "writing outside",
    code: `return report([input.folder + "/new", "/new", "/usr/lib/new", "/node", "/etc/new"].map((path) =>
      attempt(path.startsWith(input.folder) ? "beside a file of the home" : path, () => fs.writeFileSync(path, "x"))));`,
  },
  {
    wall: "private /tmp",
    code: `
      const there = fs.readdirSync("/tmp");
      fs.writeFileSync("/tmp/" + input.word, "x");
      return { out: there.length > 0, found: "files of others in /tmp: " + there.length };`,
  },
  {
    wall: "environment",
    code: `
      const names = Object.keys(process.env).filter((name) => name !== "PWD");
      return { out: names.length > 0, found: names.length === 0 ? "no variables" : "variables: " + names.join(", ") };`,
  },
  {
    wall: "processes",
    code: `
      const result = report([attempt("a signal to the process outside", () => process.kill(input.pid, 0))]);
      const seen = attempt("", () => fs.readdirSync("/proc").filter((name) => /^[0-9]+$/.test(name)).length);
      const others = Math.max(0, (seen.got ?? 0) - 2);
      return { out: result.out || others > 0, found: result.found + ", processes of others that can be seen: " + others };`,
  },
  {
    wall: "rights",
    code: `
      const result = report([attempt("becoming root", () => process.setuid(0))]);
      return { out: result.out || process.getuid() === 0, found: "user " + process.getuid() + ", " + result.found };`,
  },
  {
    wall: "programs",
    only: "bubblewrap",
    code: `
      const { execFileSync } = require("node:child_process");
      return report(["/bin/sh", "/usr/bin/env", "bwrap"].map((program) => attempt(program, () => execFileSync(program, ["-c", "true"]))));`,
  },
  {
    wall: "programs (Node's permission model)",
    inner: true,
    code: `
      const { execFileSync } = require("node:child_process");
      return report([
        attempt("another Node", () => execFileSync(process.execPath, ["--version"])),
        attempt("a thread", () => new (require("node:worker_threads").Worker)("1", { eval: true })),
        attempt("/usr/lib", () => fs.readdirSync("/usr/lib")),
      ]);`,
  },
  {
    wall: "disk",
    code: `return report([attempt("a gigabyte in /tmp", () => {
      for (let part = 0; part < 64; part++) fs.writeFileSync("/tmp/" + part, Buffer.alloc(16 * 1048576 - 1));
    })]);`,
  },
  {
    wall: "memory",
    code: "const kept = []; while (kept.length < 4096) kept.push(Buffer.alloc(1048576, 1)); return { out: true };",
    ends: "memory",
  },
  {
    wall: "memory (objects)",
    code: "const kept = []; while (true) kept.push(new Array(10000).fill(kept.length));",
    ends: "memory",
    deadlineMs: 20_000,
  },
  { wall: "time", code: "while (true);", ends: "time", deadlineMs: 1_500 },
  {
    wall: "output",
    code: 'while (true) require("node:fs").writeSync(2, "x".repeat(4096));',
    ends: "output",
  },
];

/** Where there is no sandbox no wall stands, and each says so. */
export async function proveWalls(sandbox: Sandbox, signal: AbortSignal): Promise<Wall[]> {
  const because = await sandbox.missing();
  if (because !== undefined) return probes.map(({ wall }) => ({ wall, holds: false, found: because }));
  const { kind } = await sandbox.chosen();
  return withOutside(async (outside) => {
    const walls: Wall[] = [];
    const told: Told = { ...outside, container: kind === "Docker" };
    for (const probe of probes.filter(({ only }) => only === undefined || only === kind)) {
      const { code, inner, deadlineMs } = probe;
      const ran = await sandbox.run({
        code: TRY + code,
        input: told,
        signal,
        namespacesAlone: inner !== true,
        ...(deadlineMs === undefined ? {} : { deadlineMs }),
      });
      walls.push({ wall: probe.wall, ...judge(probe, ran, outside) });
    }
    return walls;
  });
}

function judge({ wall, ends }: Probe, ran: Ran, { folder, word }: Outside): Omit<Wall, "wall"> {
  if (ends !== undefined) {
    if (ran.ran) return { holds: false, found: "the code came to its end" };
    return { holds: ran.why === ends, found: ran.because };
  }
  if (!ran.ran) return { holds: false, found: `the probe did not come to its end: ${ran.because}` };
  const { out, found } = ran.value as { out: boolean; found: string };
  // What the code says is one thing, what is to be seen out here is another.
  if (wall === "writing outside" && existsSync(join(folder, "new")))
    return { holds: false, found: "a file appeared outside" };
  if (wall === "private /tmp" && existsSync(join(tmpdir(), word)))
    return { holds: false, found: "a file appeared in /tmp" };
  return { holds: !out, found };
}

/** A file, a listener and a process outside, which are there for certain while the probes run. */
async function withOutside<Result>(use: (outside: Outside) => Promise<Result>): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), "kaos-sandbox-"));
  const server = createServer((socket) => socket.destroy());
  try {
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject).listen(0, "127.0.0.1", resolve);
    });
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const word = secret(12);
    const file = join(folder, "secret");
    writeFileSync(file, word, { mode: 0o600 });
    return await use({ port, folder, file, word, pid: process.pid });
  } finally {
    server.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
