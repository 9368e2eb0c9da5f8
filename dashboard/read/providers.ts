/** How the providers of each chain stand, as the agents that ask them told last. */
import type { Ledger, ProviderStanding } from "../../shared/ledger/index.ts";
import type { Tone } from "../parts/word.ts";

type Told = ProviderStanding & { agent: string; toldAt: number };

/** One link of a chain, over all agents that have it. */
export type ProviderLine = Pick<ProviderStanding, "tier" | "place" | "provider" | "model"> & {
  agents: readonly string[];
  tone: Tone;
  says: string;
  /** The latest answer and the latest failure that any of them saw. */
  answered: { at: number; latencyMs: number; agent: string } | undefined;
  failed: { at: number; failure: string; because: string; agent: string } | undefined;
};

/** By tier and place in the chain. Empty while no agent has come up. */
export async function readProviders(ledger: Ledger, now: number): Promise<ProviderLine[]> {
  const links = Map.groupBy(await ledger.providers.all(), ({ tier, place, provider, model }) =>
    JSON.stringify([tier, place, provider, model]),
  );
  return [...links.values()].map((told) => lineOf(told, now));
}

function lineOf(told: readonly Told[], now: number): ProviderLine {
  const { tier, place, provider, model } = told[0] as Told;
  const answers = told.flatMap(({ agent, answered }) => (answered === null ? [] : [{ ...answered, agent }]));
  const failures = told.flatMap(({ agent, failed }) => (failed === null ? [] : [{ ...failed, agent }]));
  return {
    ...{ tier, place, provider, model },
    agents: told.map(({ agent }) => agent),
    ...stateOf(told, now),
    answered: answers.toSorted((one, other) => other.at - one.at)[0],
    failed: failures.toSorted((one, other) => other.at - one.at)[0],
  };
}

/** The breakers of all agents in one word: each process has its own. */
function stateOf(told: readonly Told[], now: number): { tone: Tone; says: string } {
  const asked = told.filter(({ answered, failed }) => answered !== null || failed !== null);
  if (asked.length === 0) return { tone: "off", says: "not asked yet" };
  const resting = asked.filter(({ restUntil }) => restUntil > now);
  const failing = asked.filter(({ failures, restUntil }) => failures > 0 && restUntil <= now);
  const of = (some: readonly Told[]) => (some.length === told.length ? "all" : `${some.length} of ${told.length}`);
  if (resting.length > 0)
    return { tone: resting.length === asked.length ? "stop" : "wait", says: `left alone by ${of(resting)}` };
  if (failing.length > 0) return { tone: "wait", says: `failed last for ${of(failing)}: the next call tries it` };
  return { tone: "ok", says: "answers" };
}
