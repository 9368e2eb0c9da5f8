/**
 * L3, the loop detector: a turn that goes round in circles is warned, then stopped. A root with all its agents ends by what the
 * ledger counts: messages in a chain, and completions for one message.
 */
import type { JudgeLoop, LoopVerdict, Ran } from "../engine/index.ts";

type Steps = { warn: number; withhold: number; stop: number };

/** Times the same call was asked for, rounds of a circle of several calls, results in a row that brought nothing new. */
const REPEATS: Steps = { warn: 3, withhold: 5, stop: 8 };
const ROUNDS: Steps = { warn: 3, withhold: 4, stop: 5 };
const SAME_RESULTS: Steps = { warn: 6, withhold: 9, stop: 12 };
/** Longer circles are not looked for: five rounds of them would be more calls than any turn has. */
const PERIOD_MAX = 6;
/** Calls of a turn, whatever they bring. */
export const CALLS_MAX = 30;

const ORDER = ["fine", "warn", "withhold", "stop"] as const;

/** What to do with the next call after these. Pure; looks at the last calls only. */
export const judgeLoop: JudgeLoop = (ran, next) => {
  const verdicts = [repeat(ran, next), circle(ran, next), poll(ran, next), total(ran)];
  return verdicts.reduce((one, other) => (ORDER.indexOf(other.kind) > ORDER.indexOf(one.kind) ? other : one));
};

function repeat(ran: readonly Ran[], { tool, key }: Pick<Ran, "tool" | "key">): LoopVerdict {
  const times = ran.filter((call) => call.key === key).length + 1;
  return judge(times, REPEATS, `${tool} was asked ${times} times with the same arguments`);
}

/** The same calls in the same order again and again, of whatever length; by tool alone, so that new arguments are no way out. */
function circle(ran: readonly Ran[], next: Pick<Ran, "tool" | "key">): LoopVerdict {
  const tools = [...ran.map(({ tool }) => tool), next.tool];
  let verdict: LoopVerdict = { kind: "fine" };
  for (let period = 2; period <= PERIOD_MAX; period++) {
    let same = 0;
    while (same + period < tools.length && tools.at(-1 - same) === tools.at(-1 - same - period)) same++;
    const names = tools.slice(-period);
    // One tool many times is a repeat or a poll, and many things may be read one after the other.
    if (new Set(names).size === 1) continue;
    const rounds = Math.floor(same / period) + 1;
    const found = judge(rounds, ROUNDS, `${names.join(", ")} were called in this order ${rounds} times over`);
    if (ORDER.indexOf(found.kind) > ORDER.indexOf(verdict.kind)) verdict = found;
  }
  return verdict.kind !== "fine" && bringsNews(ran.slice(-PERIOD_MAX)) ? { kind: "fine" } : verdict;
}

/** A tool whose results in a row are all the same, whatever it was asked. */
function poll(ran: readonly Ran[], { tool }: Pick<Ran, "tool" | "key">): LoopVerdict {
  const results = ran.filter((call) => call.tool === tool).map(({ result }) => result);
  const last = results.findLast((result) => result !== "");
  let same = 0;
  while (same < results.length && ["", last].includes(results.at(-1 - same))) same++;
  return judge(same, SAME_RESULTS, `${tool} brought the same result ${same} times in a row`);
}

function total(ran: readonly Ran[]): LoopVerdict {
  if (ran.length < CALLS_MAX) return { kind: "fine" };
  return { kind: "stop", because: `${ran.length} calls were made, which is the most there may be` };
}

/** Whether no two of these calls brought the same: work that goes on, such as page after page. */
function bringsNews(ran: readonly Ran[]): boolean {
  return new Set(ran.map(({ result }) => result)).size === ran.length;
}

function judge(count: number, steps: Steps, because: string): LoopVerdict {
  if (count >= steps.stop) return { kind: "stop", because };
  if (count >= steps.withhold) return { kind: "withhold", because };
  return count >= steps.warn ? { kind: "warn", because } : { kind: "fine" };
}
