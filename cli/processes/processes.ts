/** The processes of one home as they are now: what the ledger heard of them, what pm2 keeps, what the kernel says. */
import type { Ledger } from "../../shared/ledger/index.ts";
import { SUPERVISOR } from "./choose.ts";
import { memoryOf, pidRuns } from "./pid.ts";
import type { Pm2, Pm2Process } from "./pm2.ts";

export type ProcessState = {
  name: string;
  /**
   * up: heard from within the last 10 s. starting: pm2 has started it, the ledger has not heard of it.
   * crashing: it ends again and again. down: it does not run.
   */
  state: "up" | "starting" | "crashing" | "down";
  pid: number | undefined;
  upAt: number | undefined;
  beatAt: number | undefined;
  /** How often pm2 has started it again. */
  restarts: number;
  memory: { rssBytes: number; pssBytes: number } | undefined;
  /** pm2 keeps it: it comes back when it ends. */
  kept: boolean;
  paused: boolean;
};

/** What was heard of a process, as far as it is still true: beats within the last 10 s, of a process that exists. */
export type Heard = { name: string; pid: number; upAt: number; beatAt: number };

/** The processes that are up by the ledger; pm2's word does not count. */
export async function readUp(ledger: Ledger): Promise<Heard[]> {
  const [roster, supervisor] = await Promise.all([ledger.agents.roster(), ledger.supervisor.state()]);
  const all = [...roster, ...(supervisor === undefined ? [] : [{ name: SUPERVISOR, ...supervisor }])];
  // A process that was killed a moment ago still looks alive by its beat.
  return all
    .filter(({ alive, pid }) => alive && pidRuns(pid))
    .map(({ name, pid, upAt, beatAt }) => ({ name, pid, upAt, beatAt }));
}

/** All processes of this home: those that the agents' folders ask for, and any other that runs. */
export async function readProcesses(
  ledger: Ledger | undefined,
  pm2: Pm2,
  agents: readonly string[],
): Promise<ProcessState[]> {
  const [kept, up, pauses] = await Promise.all([
    pm2.list(),
    ledger === undefined ? [] : readUp(ledger),
    ledger?.controls.active() ?? [],
  ]);
  const names = new Set([...agents, SUPERVISOR, ...up.map(({ name }) => name), ...kept.map(({ name }) => name)]);
  return [...names].map((name): ProcessState => {
    const heard = up.find((one) => one.name === name);
    const keeping = kept.find((one) => one.name === name);
    const pid = heard?.pid ?? keeping?.pid;
    return {
      name,
      state: heard === undefined ? stateBy(keeping) : "up",
      pid,
      upAt: heard?.upAt,
      beatAt: heard?.beatAt,
      restarts: keeping?.restarts ?? 0,
      memory: pid === undefined ? undefined : memoryOf(pid),
      kept: keeping !== undefined,
      paused:
        name !== SUPERVISOR &&
        pauses.some((pause) => pause.scope === "swarm" || (pause.scope === "agent" && pause.name === name)),
    };
  });
}

/** Restarts after which a process that is not heard of counts as crashing. */
const RESTARTS_CRASHING = 3;

function stateBy(keeping: Pm2Process | undefined): ProcessState["state"] {
  if (keeping === undefined || keeping.state === "stopped" || keeping.state === "stopping") return "down";
  if (keeping.state === "errored" || keeping.restarts >= RESTARTS_CRASHING) return "crashing";
  return "starting";
}
