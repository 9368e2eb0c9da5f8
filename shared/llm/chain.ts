/** A chain of providers as one model: who is asked next, who rests, when it is time to give up. */
import type { Clock, Log, Random } from "../base/index.ts";
import { isAbort } from "../base/index.ts";
import {
  addUsage,
  type Completion,
  type Model,
  type ModelFailure,
  ModelStopped,
  noUsage,
  type Usage,
} from "../engine/index.ts";
import type { Breaker } from "./breaker.ts";
import type { Attempt, Provider } from "./provider.ts";
import type { Tier } from "./settings.ts";
import type { Watch } from "./standing.ts";

/** One asking of one provider, for whoever measures. */
export type MeteredCall = {
  tier: Tier;
  provider: string;
  model: string;
  outcome: Attempt["kind"];
  usage: Usage;
  /** The provider counted nothing, so tokens are estimated from characters. */
  estimated: boolean;
  latencyMs: number;
};

export type Link = { provider: Provider; breaker: Breaker; watch: Watch };

type ChainDeps = {
  tier: Tier;
  links: readonly Link[];
  clock: Clock;
  random: Random;
  log: Log;
  onUsage: ((call: MeteredCall) => void) | undefined;
};

/** How often the whole chain is tried, and the longest wait before it is tried again. */
const ROUNDS_MAX = 3;
const WAIT_MAX_MS = 10_000;
const BACKOFF_MS = 500;

/**
 * Asks the first provider that is not resting, and the next one when that helps. When none answered but one may do
 * better in a moment, waits (what was asked for in Retry-After, at least a jittered back-off) and begins again.
 *
 * What a caller has been shown cannot be taken back here: once pieces of an answer went to `onText`, a provider that
 * breaks off ends the completion as failed. Whoever showed the pieces decides whether to retract them and ask again.
 */
export function createChain({ tier, links, clock, random, log, onUsage }: ChainDeps): Model {
  const meter = ({ name, settings }: Provider, attempt: Attempt, latencyMs: number) => {
    const { kind: outcome, usage, estimated } = attempt;
    if (hasSpent(usage) || outcome === "answered")
      onUsage?.({ tier, provider: settings.id, model: settings.model, outcome, usage, estimated, latencyMs });
    if (attempt.kind === "failed") log.warn("provider failed", { tier, provider: name, kind: attempt.failure.kind });
  };

  return {
    async complete(request, options): Promise<Completion | ModelFailure> {
      let usage = noUsage;
      const reasons = new Map<string, string>();
      const fail = (because: string): ModelFailure => ({ kind: "failed", because, usage });
      const stopIfAsked = (): void => {
        if (!options.signal.aborted) return;
        throw new ModelStopped({ usage, by: "", cause: options.signal.reason });
      };

      for (let round = 1; round <= ROUNDS_MAX; round += 1) {
        /** How long until somebody may do better; Infinity when waiting is no use. */
        let waitMs = Number.POSITIVE_INFINITY;
        for (const { provider, breaker, watch } of links) {
          stopIfAsked();
          const door = breaker.enter();
          if (!door.open) {
            reasons.set(provider.name, `${door.because} (left alone for ${Math.ceil(door.restsForMs / 1000)} s)`);
            waitMs = Math.min(waitMs, door.restsForMs);
            continue;
          }
          const startMs = clock.now();
          const attempt = await provider.attempt(request, options).finally(breaker.left);
          meter(provider, attempt, clock.now() - startMs);
          usage = addUsage(usage, attempt.usage);
          // What a provider reckons for a request to which nothing had come back yet, nobody knows.
          if (attempt.kind === "stopped" && !hasSpent(attempt.usage)) throw abortOf(options.signal);
          if (attempt.kind === "stopped")
            throw new ModelStopped({ usage, by: provider.name, cause: options.signal.reason });
          if (attempt.kind === "answered") {
            breaker.succeeded();
            watch.saw(attempt, clock.now() - startMs);
            const { text, calls, cut } = attempt;
            return { kind: "completed", text, calls, usage, ...(cut && { cut }), by: provider.name };
          }
          const { failure } = attempt;
          if (!failure.another) {
            breaker.succeeded();
            watch.saw(attempt, clock.now() - startMs);
            return fail(`${failure.because}.`);
          }
          breaker.failed(failure.because, failure.restMs);
          watch.saw(attempt, clock.now() - startMs);
          reasons.set(provider.name, failure.because);
          if (attempt.shown) return fail(`The answer stopped in the middle: ${failure.because}.`);
          if (failure.later) waitMs = Math.min(waitMs, failure.restMs ?? 0);
        }
        const backoffMs = BACKOFF_MS * 2 ** (round - 1) * (0.5 + random());
        if (waitMs > WAIT_MAX_MS || round === ROUNDS_MAX) break;
        // A timer may wake a little early, and then the provider would still be resting.
        await clock.sleep(Math.max(waitMs + 10, backoffMs), options.signal).catch(() => {});
        stopIfAsked();
      }
      return fail(`No model answered: ${[...reasons.values()].join("; ")}.`);
    },
  };
}

function hasSpent({ inputTokens, outputTokens }: Usage): boolean {
  return inputTokens + outputTokens > 0;
}

/** The caller's own reason where it is an AbortError, else one that carries it. */
function abortOf({ reason }: AbortSignal): unknown {
  return isAbort(reason)
    ? reason
    : new DOMException("The model call was stopped.", { name: "AbortError", cause: reason });
}
