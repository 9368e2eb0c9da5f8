/** Where everything lies: the program's own folder, and the home of one installation. */
import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { assert } from "../base/index.ts";

/** The folder of the program itself: the nearest one above that has a package.json, whether built or not. */
export function programRoot(): string {
  let folder = import.meta.dirname;
  while (!existsSync(join(folder, "package.json"))) {
    const above = dirname(folder);
    assert(above !== folder, "the program lies in a folder with a package.json");
    folder = above;
  }
  return folder;
}

/** The file of a program of ours, such as "agents/main": as built or as written, whichever this file is. */
export function programFile(name: string): string {
  return join(programRoot(), import.meta.filename.endsWith(".ts") ? `${name}.ts` : `dist/${name}.js`);
}

/** A clone has the project file that says how to build; a package from a registry comes built. */
export function isClone(): boolean {
  return existsSync(join(programRoot(), "tsconfig.build.json"));
}

/** In a clone the data lies beside the code; an installed program has no place of its own. */
export function defaultHome(): string {
  return isClone() ? join(programRoot(), "data") : join(homedir(), ".kaos");
}

/**
 * The folder that holds the personas and COMMON.md: in a clone the one that is reviewed like code; an installed program brings
 * its own there once, and from then on they are the person's.
 */
export function agentsFolder(): string {
  return isClone() ? join(programRoot(), "agents") : join(defaultHome(), "personas");
}

/** The version of the program, as package.json has it. */
export function programVersion(): string {
  const { version } = JSON.parse(readFileSync(join(programRoot(), "package.json"), "utf8")) as { version: string };
  return version;
}

/** The files of one home. Each has one writer but the ledger (docs: ARCHITECTURE.md). */
export type Home = {
  folder: string;
  ledger: string;
  pm2: string;
  logs: string;
  supervisorLock: string;
  /** What a person allows this installation; a person writes it. */
  policy: string;
  /** The MCP servers that this installation knows; a person writes it. */
  mcp: string;
  /** Definitions of MCP tools that a person approved after they changed; `kaos mcp approve` writes it. */
  mcpApproved: string;
  /** MCP servers that were added while running, a file each; agents and `kaos mcp add --running` write it. */
  mcpAdded: string;
  /** What a program must show to `kaos mcp serve --http`; that command makes it. */
  mcpKey: string;
  /** The servers that agents may look after; a person writes it. */
  servers: string;
  /** What jobs watch, when they keep quiet, and where they speak; a person writes it. */
  automations: string;
  /** Copies that were made and tried. */
  backups: string;
  agent(name: string): AgentHome;
};

export type AgentHome = {
  folder: string;
  lock: string;
  database: string;
  /** What its turns have done, step by step. */
  turns: string;
  workspace: string;
  /** Tools that it wrote itself and a person allowed. */
  ownTools: string;
  audit: string;
  mcp: string;
  /** Skills installed for it; which bytes of them a person approved; what was learnt about them. */
  skills: { folder: string; lock: string; learning: string };
  /** Of its Telegram account: the session, kept like a password; whose account it is; how far it has heard; how it stands. */
  telegram: { session: string; account: string; position: string; standing: string };
  /** What people wrote to it alone, until it is answered. */
  letters: string;
};

/** A home named `demo` holds what is made up: it is badged, and changes nothing outside itself. */
export function isDemo({ folder }: Pick<Home, "folder">): boolean {
  return basename(folder) === "demo";
}

export function homeAt(folder: string): Home {
  const at = resolve(folder);
  return {
    folder: at,
    ledger: join(at, "swarm.db"),
    pm2: join(at, "pm2"),
    logs: join(at, "logs"),
    supervisorLock: join(at, "supervisor.lock"),
    policy: join(at, "policy.yaml"),
    mcp: join(at, "mcp.json"),
    mcpApproved: join(at, "mcp-approved.json"),
    mcpAdded: join(at, "mcp-added"),
    mcpKey: join(at, "mcp-serve.key"),
    servers: join(at, "servers.json"),
    automations: join(at, "automations.json"),
    backups: join(at, "backups"),
    agent(name) {
      const own = join(at, "agents", name);
      return {
        folder: own,
        lock: join(own, "agent.lock"),
        database: join(own, "agent.db"),
        turns: join(own, "turns.db"),
        workspace: join(own, "workspace"),
        ownTools: join(own, "tools"),
        audit: join(own, "logs", "tool_calls.jsonl"),
        mcp: join(own, "mcp"),
        skills: { folder: join(own, "skills"), lock: join(own, "skills.lock"), learning: join(own, "skills.db") },
        telegram: {
          session: join(own, "telegram.session"),
          account: join(own, "telegram.account.json"),
          position: join(own, "telegram.position.json"),
          standing: join(own, "telegram.standing.json"),
        },
        letters: join(own, "letters.db"),
      };
    },
  };
}
