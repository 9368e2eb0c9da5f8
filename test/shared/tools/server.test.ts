/** Servers over ssh: a program called ssh that keeps what it was asked stands for the real one. */
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createSsh, serverTools } from "../../../shared/tools/index.ts";
import { toolContext } from "../../doubles/tool-context.ts";

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "kaos-servers-"));
  write({
    web: {
      host: "web.example",
      port: 2222,
      user: "ops",
      key: "keys/web",
      services: ["nginx.service"],
      containers: ["shop"],
    },
    db: { host: "db.example", user: "ops", services: ["postgresql@16-main"] },
  });
  writeFileSync(join(home, "known_hosts"), "");
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

function write(servers: unknown): void {
  writeFileSync(join(home, "servers.json"), typeof servers === "string" ? servers : JSON.stringify({ servers }));
}

/** Writes down its arguments and its environment, one a line, then does as it is told. */
function fakeSsh(then = "echo fine"): string {
  const program = join(home, "ssh");
  writeFileSync(program, `#!/bin/sh\nprintf '%s\\n' "$@" > '${home}/asked'\nenv > '${home}/env'\n${then}\n`);
  chmodSync(program, 0o755);
  return program;
}

function call(name: string, program = fakeSsh()) {
  const tools = serverTools(join(home, "servers.json"), createSsh({ program, env: { LANG: "C" } }));
  const tool = tools.find((one) => one.name === name);
  if (tool === undefined) throw new Error(`no tool ${name}`);
  return async (input: object): Promise<string> => {
    const result = await tool.run(tool.input.parse(input), toolContext());
    return "text" in result ? result.text : "";
  };
}

const asked = (): string[] => readFileSync(join(home, "asked"), "utf8").trimEnd().split("\n");

test("the register tells what there is, and is read anew each time", async () => {
  const list = call("server-list");
  expect(await list({})).toBe("web; services: nginx.service; containers: shop\ndb; services: postgresql@16-main");
  rmSync(join(home, "servers.json"));
  expect(await list({})).toBe("There is none; a person adds servers to servers.json.");
});

test("a look is one ssh with fixed words, host keys verified, nothing forwarded, nobody's own configuration", async () => {
  expect(await call("server-look")({ server: "web", at: "logs", name: "nginx.service", lines: 20 })).toBe("fine\n");
  expect(asked()).toEqual([
    ...["-F", "none", "-T"],
    ...[
      "BatchMode=yes",
      "StrictHostKeyChecking=yes",
      `UserKnownHostsFile=${home}/known_hosts`,
      "GlobalKnownHostsFile=/dev/null",
      "UpdateHostKeys=no",
      "ConnectTimeout=10",
      "ClearAllForwardings=yes",
      "ForwardAgent=no",
      "ForwardX11=no",
      "PermitLocalCommand=no",
      "ControlMaster=no",
      "LogLevel=ERROR",
      "IdentitiesOnly=yes",
      `IdentityFile=${home}/keys/web`,
    ].flatMap((option) => ["-o", option]),
    ...["-p", "2222", "-l", "ops", "--", "web.example"],
    ...["journalctl", "--no-pager", "--lines=20", "--unit=nginx.service"],
  ]);
  expect(readFileSync(join(home, "env"), "utf8")).toMatch(/^(?:(?:LANG|PWD|SHLVL|_|OLDPWD)=.*\n)+$/);
});

test("an act restarts what is listed for this very server", async () => {
  expect(await call("server-act")({ server: "web", act: "restart-container", name: "shop" })).toBe(
    "restart-container shop on web: fine",
  );
  expect(asked().slice(-3)).toEqual(["docker", "restart", "shop"]);
});

describe("nothing else gets to a server", () => {
  test.each([
    ["a service of another server", { server: "db", act: "restart-service", name: "nginx.service" }],
    ["a container where there is none", { server: "db", act: "restart-container", name: "shop" }],
    ["words for a shell", { server: "web", act: "restart-service", name: "nginx.service; rm -rf /" }],
    ["an option", { server: "web", act: "restart-service", name: "--force" }],
  ])("%s", async (_what, input) => {
    expect(await call("server-act")(input)).toMatch(/^Not done: .+ is none of them\.$/);
    expect(existsSync(join(home, "asked"))).toBe(false);
  });

  test("a server that nobody registered is refused with those there are", async () => {
    await expect(call("server-look")({ server: "mail", at: "load" })).rejects.toThrow(
      'There is no server "mail"; there are web, db.',
    );
  });

  test("a command that nobody listed is no input of the tool", async () => {
    await expect(call("server-look")({ server: "web", at: "shutdown" })).rejects.toThrow();
    await expect(call("server-act")({ server: "web", act: "reboot", name: "x" })).rejects.toThrow();
  });

  test.each([
    ["no JSON", "{", "cannot be used"],
    ["a host that is an option", { x: { host: "-oProxyCommand=sh", user: "a" } }, "write a host name"],
    ["a user that is an option", { x: { host: "h", user: "-a" } }, "write the name of a user"],
    ["a service with words for a shell", { x: { host: "h", user: "a", services: ["a;b"] } }, "only letters, digits"],
    ["an unknown field", { x: { host: "h", user: "a", command: "rm" } }, "command"],
  ])("a register with %s is refused in a sentence", async (_what, servers, sentence) => {
    write(servers as object);
    await expect(call("server-list")({})).rejects.toThrow(sentence);
  });
});

test("a host key that is not known, or has changed, is a person's matter", async () => {
  const changed = fakeSsh("echo 'WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!' >&2; exit 255");
  expect(await call("server-look", changed)({ server: "web", at: "load" })).toMatch(
    /^Not seen: web could not be reached: its host key is not the one in .+known_hosts; a person must find out why/,
  );
  rmSync(join(home, "known_hosts"));
  expect(await call("server-look")({ server: "web", at: "load" })).toContain("ssh-keyscan -p 2222 web.example");
});

test.each([
  ["echo 'Permission denied (publickey).' >&2; exit 255", "web could not be reached: Permission denied (publickey)."],
  ["echo gone; echo 'no such unit' >&2; exit 4", "gone\n\nno such unit\n(exit code 4)"],
  ["exit 0", "(It said nothing.)"],
  ["yes 0123456789", "(cut after 100000 bytes)"],
])("what goes wrong over there is told: %s", async (then, sentence) => {
  const text = await call("server-look", fakeSsh(then))({ server: "web", at: "load" });
  expect(text).toContain(sentence);
  expect(text.length).toBeLessThan(100_100);
});

test("a machine without ssh says so", async () => {
  expect(await call("server-look", join(home, "none"))({ server: "web", at: "load" })).toContain(
    "could not be started",
  );
});
