#!/usr/bin/env node
/**
 * A `docker` that takes only what our sandbox may ask of it, and then runs Node itself as the container would: whatever is missing
 * or is said that nobody should say ends it with a sentence. What follows `docker` in its own name says how it misbehaves.
 */
import { spawn } from "node:child_process";
import { appendFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";

const [, self = "", ...words] = process.argv;
const log = join(dirname(self), "calls.log");
const manner = basename(self)
  .replace(/^docker-?/, "")
  .replace(/\.ts$/, "");
appendFileSync(log, `${JSON.stringify(words)}\n`);

function fail(because: string): never {
  process.stderr.write(`docker: ${because}\n`);
  process.exit(125);
}

if (manner === "asleep") fail("Cannot connect to the Docker daemon at unix:///var/run/docker.sock.");
if (words[0] === "kill") process.exit(words.length === 2 && /^kaos-code-[a-z0-9]+$/.test(words[1] ?? "") ? 0 : 1);

const alone = new Set(["--rm", "--interactive", "--read-only"]);
const named = new Map<string, string[]>();
let at = 1;
if (words[0] !== "run") fail(`${words[0]} is not expected`);
for (; words[at]?.startsWith("--"); at++) {
  const name = words[at] ?? "";
  const value = alone.has(name) ? "" : (words[++at] ?? "");
  named.set(name, [...(named.get(name) ?? []), value]);
}
const expected: Record<string, RegExp> = {
  "--rm": /^$/,
  "--interactive": /^$/,
  "--read-only": /^$/,
  "--pull": /^never$/,
  "--name": /^kaos-code-[a-z0-9]{6,}$/,
  "--hostname": /^sandbox$/,
  "--network": /^none$/,
  "--cap-drop": /^ALL$/,
  "--security-opt": /^no-new-privileges$/,
  "--user": /^65534:65534$/,
  "--pids-limit": /^\d{1,3}$/,
  "--ipc": /^none$/,
  "--memory": /^536870912$/,
  "--memory-swap": /^536870912$/,
  "--cpus": /^1$/,
  "--ulimit": /^cpu=10,nofile=128,core=0$/,
  "--tmpfs": /^\/tmp:rw,nosuid,nodev,noexec,size=\d+$/,
  "--workdir": /^\/tmp$/,
  "--log-driver": /^none$/,
  "--entrypoint": /^\/usr\/bin\/env$/,
};
for (const [name, shape] of Object.entries(expected)) {
  const value = named.get(name)?.join(",");
  if (value === undefined || !shape.test(value)) fail(`${name} is ${value}`);
}
for (const name of named.keys()) if (!(name in expected)) fail(`${name} is not expected`);
const [image, minus, timeout, flag, kill, seconds, node, ...rest] = words.slice(at);
if (image !== "kaos-test:1") fail(`there is no image ${image}, and none is pulled`);
if ([minus, timeout, flag, kill].join(" ") !== "-i /usr/bin/timeout -s KILL") fail("nothing ends it from inside");
if (!/^\d+$/.test(seconds ?? "") || node !== "/usr/local/bin/node") fail(`${seconds} ${node}`);
if (!rest.includes("--permission")) fail("Node's own walls are missing");

// As the kernel ends what takes more memory than it may.
if (manner === "starved") process.exit(137);
const inside = spawn(process.execPath, rest, { env: {}, cwd: "/tmp", stdio: "inherit" });
inside.once("exit", (code) => process.exit(code ?? 1));
