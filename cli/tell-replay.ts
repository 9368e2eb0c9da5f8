/** A replay in a terminal: for each agent what happened, and beneath it what would have. */
import type { Compared, Replay } from "../shared/explain/index.ts";
import { WORD_COLUMNS, WORDS } from "./tell-story.ts";
import { columnsOf, duration, together, wrap } from "./terminal/layout.ts";
import type { Paint } from "./terminal/paint.ts";

type Replayed = Extract<Replay, { kind: "replayed" }>;

/** Several lines without a newline at the end. */
export function tellReplay(
  { message, was, tried, faithful, agents }: Replayed,
  { paint, width }: { paint: Paint; width: number },
): string {
  const changed = agents.filter(({ same }) => !same).length;
  const asked = [
    tried.cap !== was.cap && `a cap of ${tried.cap} (it was ${was.cap})`,
    tried.pace !== was.pace && `a pace of ${tried.pace} (it was ${was.pace})`,
    tried.relevanceMin !== was.relevanceMin && `fit from ${tried.relevanceMin} (it was ${was.relevanceMin})`,
  ].filter((part) => part !== false);
  const under = asked.length === 0 ? "the policy that was in force" : asked.map(together).join(", ");
  const result =
    changed === 0 ? "nothing would be different." : `${changed} of ${agents.length} agents would have fared otherwise.`;
  const name = Math.max(...agents.map(({ agent }) => columnsOf(agent)));
  const doubt = faithful
    ? ""
    : " Take it with care: something that no policy decides, such as a process that died, had its part in what happened.";
  return [
    `${paint.bold(`What if, for #${message}`)}\n${wrap(`With ${under}: ${result}${doubt}`, { width, indent: "  " })}`,
    ...agents.map((one) => compared(one, { paint, width, name })),
  ].join("\n\n");
}

function compared(one: Compared, { paint, width, name }: { paint: Paint; width: number; name: number }): string {
  const { agent, happened, would, same } = one;
  const line = (head: string, when: string, part: Compared["happened"], says: string) => {
    const turn = part.etaMs === undefined ? "" : `; its turn after ${together(duration(part.etaMs))}`;
    const first = `  ${head}  ${paint.soft(when.padEnd(LABELS))}  ${says}  `;
    return wrap(`${part.because}${turn}`, { width, first, indent: " ".repeat(columnsOf(first)) });
  };
  const head = paint.agent(agent) + " ".repeat(name - columnsOf(agent));
  const was = line(head, same ? "as it was" : "happened", happened, outcomeOf(happened.outcome, true, paint));
  if (same) return was;
  return `${was}\n${line(" ".repeat(name), "would", would, outcomeOf(would.outcome, would.certain, paint))}`;
}

/** "as it was" is the longest. */
const LABELS = 9;

function outcomeOf(outcome: Compared["would"]["outcome"], certain: boolean, paint: Paint): string {
  if (outcome === undefined) return paint.soft((certain ? "not said" : "unknown").padEnd(WORD_COLUMNS));
  if (!certain && outcome === "replied") return paint.wait("a turn".padEnd(WORD_COLUMNS));
  const text = WORDS[outcome].padEnd(WORD_COLUMNS);
  if (outcome === "replied") return paint.good(text);
  return outcome === "failed" || outcome === "blocked" ? paint.bad(text) : paint.soft(text);
}
