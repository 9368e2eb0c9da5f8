/** What happened to one message, beside what would have happened under another policy. */
import { type Ledger, storyOf, type Verdict } from "../ledger/index.ts";
import { type Fate, keyOf, type Policy, replayThread } from "./replay.ts";
import { readThread, type Thread } from "./thread.ts";

export type Compared = {
  agent: string;
  happened: Pick<Verdict, "outcome" | "because" | "tier" | "etaMs">;
  would: Omit<Fate, "agent" | "message">;
  /** Outcome, reason, tier and time are the same. */
  same: boolean;
};

export type Replay =
  | {
      kind: "replayed";
      message: number;
      /** The policy that was in force, and the one that is tried. */
      was: Required<Policy>;
      tried: Required<Policy>;
      /** Under the policy that was in force the rules give what happened. Else something that no policy decides had its part: a process that died, a clock that jumped. */
      faithful: boolean;
      /** Those who would have bid or did bid first, in the order of their turn. */
      agents: readonly Compared[];
    }
  | { kind: "unknown"; because: string };

/** Replays the thread of a message and sets this message's part beside what happened. */
export async function replay(ledger: Ledger, seq: number, policy: Policy): Promise<Replay> {
  const [story, thread] = await Promise.all([storyOf(ledger, seq), readThread(ledger, seq)]);
  if (story === undefined || thread === undefined) return unknown(`there is no message #${seq}`);
  const { message, verdicts } = story;
  if (verdicts.length === 0) return unknown("nobody else heard it");
  const open = stillOpen(verdicts, thread);
  if (open !== undefined) return unknown(`it is not over: ${open} has not finished with it`);
  const standing = thread.records.find((record) => record.message === seq && record.standing !== undefined)?.standing;
  if (standing === undefined) return unknown("it was decided before the ledger kept what decisions depend on");
  const { cap, pace, relevanceMin } = standing;
  const compared = (tried: Policy) => {
    const fates = replayThread(thread, tried);
    return verdicts.map((verdict) =>
      compare(verdict, fates.get(keyOf(seq, verdict.agent)) ?? unsaid(message.sender.name)),
    );
  };
  return {
    kind: "replayed",
    message: seq,
    was: { cap, pace, relevanceMin },
    tried: { cap, pace, relevanceMin, ...policy },
    faithful: compared({}).every(({ same }) => same),
    agents: compared(policy).toSorted(byTurn),
  };
}

/** Who has not come to an end with this message, or with another of its thread. */
function stillOpen(verdicts: readonly Verdict[], { records }: Thread): string | undefined {
  return [...verdicts, ...records].find(({ outcome }) => outcome === undefined)?.agent;
}

function unknown(because: string): Replay {
  return { kind: "unknown", because };
}

function compare({ agent, outcome, because, tier, etaMs }: Verdict, fate: Compared["would"]): Compared {
  const would = {
    outcome: fate.outcome,
    because: fate.because,
    tier: fate.tier,
    etaMs: fate.etaMs,
    certain: fate.certain,
  };
  const same = would.outcome === outcome && would.because === because && would.tier === tier && would.etaMs === etaMs;
  return { agent, happened: { outcome, because, tier, etaMs }, would, same };
}

function unsaid(speaker: string): Compared["would"] {
  const because = `${speaker} would not have said this`;
  return { outcome: undefined, because, tier: undefined, etaMs: undefined, certain: true };
}

function byTurn(one: Compared, other: Compared): number {
  const turn = ({ would, happened }: Compared) => would.etaMs ?? happened.etaMs ?? Number.POSITIVE_INFINITY;
  const [first, second] = [turn(one), turn(other)];
  if (first !== second) return first - second;
  return one.agent < other.agent ? -1 : 1;
}
