/** The demo's processes: a clean home, seven of them up on the offline model, and all of them gone afterwards. */
import type { RawEnv } from "../../shared/config/index.ts";
import { IMPLICIT_REPLIES_MAX, type Ledger } from "../../shared/ledger/index.ts";
import type { Context } from "../context.ts";
import { alone } from "../processes/alone.ts";
import { type BroughtUp, bringUp } from "../processes/bring-up.ts";
import { readRoster, SUPERVISOR } from "../processes/choose.ts";
import { createPm2 } from "../processes/pm2.ts";
import { freePort } from "../processes/port.ts";
import { takeDown } from "../processes/take-down.ts";
import { duration } from "../terminal/layout.ts";
import { createProgress } from "../terminal/progress.ts";
import { clearHome, type DemoHome, demoHome, demoSettings } from "./home.ts";

export interface Stage extends Readonly<DemoHome> {
  readonly port: number;
  /** Empties the home. Throws CommandFailed when a demo runs there, or when it holds something else. */
  prepare(): Promise<void>;
  /** Starts everything and waits until it is ready. */
  start(ledger: Ledger, signal: AbortSignal): Promise<BroughtUp>;
  /** Whether pm2 still keeps it: somebody may have stopped it from elsewhere. */
  runs(): Promise<boolean>;
  /** Stops everything, and waits until it is gone. */
  stop(ledger: Ledger): Promise<void>;
}

/** Delays are a fifth of the real ones: a demo is watched. */
const PACE = "0.2";

/** A stage in the demo home of this home. Chooses the port now. */
export async function createStage(here: Context): Promise<Stage> {
  const { env, clock, note } = here;
  const at = demoHome(here);
  const { home } = at;
  const host = "127.0.0.1";
  const port = env.DASHBOARD_PORT === 0 ? 0 : await freePort({ host, port: env.DASHBOARD_PORT });
  const pm2 = createPm2({ home, settings: settingsFor({ host, port }) });
  const agents = readRoster().agents.map(({ name }) => name);
  const progress = createProgress(process.stderr);
  const withNobodyElse = <Result>(work: () => Promise<Result>) =>
    alone(
      { home, clock, onWait: () => note("Another kaos command is at work in the demo's home; waiting for it …") },
      work,
    ).finally(progress.clear);

  return {
    ...at,
    port,
    runs: () => pm2.runs(),
    prepare: () => clearHome(at, here, "kaos demo"),
    start: (ledger, signal) =>
      withNobodyElse(() => {
        const names = [...agents, SUPERVISOR];
        const onReady = (ready: readonly string[], waitedMs: number) =>
          progress.show(`Starting: ${ready.length} of ${names.length} ready, ${duration(waitedMs)}`);
        return bringUp(names, {
          ledger,
          pm2,
          home,
          clock,
          env: { DASHBOARD_HOST: host, DASHBOARD_PORT: port },
          signal,
          onReady,
        });
      }),
    stop: (ledger) =>
      withNobodyElse(async () => {
        progress.show("Stopping everything …");
        await takeDown({ ledger, pm2, clock });
      }),
  };
}

function settingsFor({ host, port }: { host: string; port: number }): RawEnv {
  return demoSettings({
    SWARM_PACE: PACE,
    SWARM_IMPLICIT_REPLIES: String(IMPLICIT_REPLIES_MAX),
    DASHBOARD_HOST: host,
    DASHBOARD_PORT: String(port),
  });
}
