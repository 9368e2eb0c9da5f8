/** What an agent's process writes down of itself where all can look: how its providers stand, and how far its audit log goes. */
import { type Audit, createCheckpoints } from "../shared/audit/index.ts";
import type { Clock, Lifetime, Log } from "../shared/base/index.ts";
import type { Ledger, ProviderStanding } from "../shared/ledger/index.ts";
import type { Models, ProviderState } from "../shared/llm/index.ts";

type Deps = {
  agent: string;
  ledger: Ledger;
  clock: Clock;
  log: Log;
  lifetime: Pick<Lifetime, "signal" | "onClose" | "run">;
};

/** So late the control room may hear of a provider that failed or came back. */
const EVERY_MS = 3_000;

/** Tells at the start, and soon after `onStanding` was called. */
export function createStandings({ agent, ledger, clock, lifetime }: Deps): {
  onStanding(): void;
  follow(models: Models): void;
} {
  const { signal } = lifetime;
  let news = true;
  let wake = () => {};
  const stop = () => wake();
  return {
    onStanding() {
      news = true;
      wake();
    },
    follow(models) {
      const tellAll = async () => {
        signal.addEventListener("abort", stop, { once: true });
        while (!signal.aborted) {
          if (!news)
            await new Promise<void>((resolve) => {
              wake = resolve;
            });
          if (signal.aborted) return;
          news = false;
          await ledger.providers.report(
            agent,
            models.describe().map((state) => standingOf(state, clock.now())),
          );
          await clock.sleep(EVERY_MS, signal).catch(() => {});
        }
      };
      lifetime.run("provider standings", tellAll());
    },
  };
}

/** Writes the head of the log into the ledger until the process ends, and once more then. `rotated` is to be called for a full file. */
export function keepHeads(audit: Audit, { agent, ledger, clock, log, lifetime }: Deps): { rotated(): void } {
  const heads = createCheckpoints({
    audit,
    clock,
    note: (head) => ledger.auditHeads.note(agent, head),
    onFailure: (error) => log.warn("audit head not written down", { error }),
  });
  lifetime.onClose(() => heads.close());
  lifetime.run("audit heads", heads.run(lifetime.signal));
  return { rotated: () => void heads.rotated() };
}

/** As the ledger keeps it: a rest is over at an instant, whoever looks. */
function standingOf(state: ProviderState, now: number): ProviderStanding {
  const { tier, place, provider, model, failures, standing } = state;
  const { answered = null, failed = null } = standing;
  const restUntil = state.state.kind === "resting" ? now + state.state.forMs : 0;
  return { tier, place, provider, model, failures, restUntil, answered, failed };
}
