/** Who plays in the story: the supervisor and the agents in this process, and one agent in a process of its own, which can be killed. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdirSync, openSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startAgentProcess } from "../../agents/agent-process.ts";
import type { Lifetime, Log } from "../../shared/base/index.ts";
import { type Home, loadPolicy, ownEnv, programFile, readEnv } from "../../shared/config/index.ts";
import { IMPLICIT_REPLIES_MAX, type Ledger } from "../../shared/ledger/index.ts";
import { startSupervisor } from "../../supervisor/supervisor.ts";
import type { Context } from "../context.ts";
import { CommandFailed } from "../failures.ts";
import { readRoster } from "../processes/choose.ts";
import { demoSettings } from "./home.ts";

export interface Cast {
  readonly agents: readonly string[];
  /** SIGKILL: no goodbye, nothing is closed. Returns the process that is gone. */
  kill(): Promise<number>;
  /** A new process of the same agent. Returns it when it is up. */
  restart(): Promise<number>;
}

type Deps = { here: Context; home: Home; ledger: Ledger; log: Log; lifetime: Lifetime };

/** Whose process is killed. */
export const MORTAL = "keystone";

/** Waiting is for groups of people; a twentieth of it still shows who waits for whom. */
const PACE = "0.05";
/** The first life of the mortal speaks so slowly that it is killed in the middle of a sentence. */
const SLOW_WORDS_PER_SECOND = "2";

const POLICY = `# Written by the demo: this file asks a person before an agent writes any file.
approvals: { always: [write-file] }
`;

/** Everybody is up when this resolves, and gone when the lifetime is over. */
export async function startCast({ here, home, ledger, log, lifetime }: Deps): Promise<Cast> {
  const { clock } = here;
  mkdirSync(home.logs, { recursive: true });
  writeFileSync(home.policy, POLICY);
  const settings = demoSettings({
    KAOS_HOME: home.folder,
    SWARM_PACE: PACE,
    SWARM_IMPLICIT_REPLIES: String(IMPLICIT_REPLIES_MAX),
    OFFLINE_WORDS_PER_SECOND: "0",
    DASHBOARD_HOST: "127.0.0.1",
    DASHBOARD_PORT: "0",
  });
  const told = readEnv(ownEnv(settings), loadPolicy(home.policy));
  const agents = readRoster().agents.map(({ name }) => name);
  if (!agents.includes(MORTAL))
    throw new CommandFailed(`The story needs ${MORTAL} among the agents. \`kaos demo --swarm\` plays without it.`);

  let child = startMortal(home, { ...settings, OFFLINE_WORDS_PER_SECOND: SLOW_WORDS_PER_SECOND });
  lifetime.onClose(() => end(child));
  for (const name of agents.filter((one) => one !== MORTAL))
    await startAgentProcess({ name, ...told, home, clock, log, lifetime, ledger });
  await startSupervisor({ ledger, clock, log, ...told, home, lifetime });
  await isUp(child, home);

  return {
    agents,
    async kill() {
      const { pid = 0 } = child;
      const gone = once(child, "exit");
      child.kill("SIGKILL");
      await gone;
      return pid;
    },
    async restart() {
      child = startMortal(home, settings);
      await isUp(child, home);
      return child.pid ?? 0;
    },
  };
}

function startMortal(home: Home, settings: Parameters<typeof ownEnv>[0]): ChildProcess {
  const log = openSync(logOf(home), "a");
  try {
    return fork(programFile("agents/main"), [MORTAL], {
      env: ownEnv(settings),
      execArgv: [],
      // A Ctrl-C in the terminal is ours to handle; without us it ends by itself.
      detached: true,
      stdio: ["ignore", log, log, "ipc"],
    });
  } finally {
    closeSync(log);
  }
}

function logOf({ logs }: Home): string {
  return join(logs, `${MORTAL}.log`);
}

async function isUp(child: ChildProcess, home: Home): Promise<void> {
  const ended = new AbortController();
  const said = await Promise.race([
    once(child, "message", ended),
    once(child, "exit", ended).then(() => undefined),
  ]).finally(() => ended.abort());
  if (said === undefined) throw new CommandFailed(`${MORTAL} did not start. What it said is in ${logOf(home)}.`);
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  child.kill("SIGTERM");
  await gone;
}
