/** A message's story in a terminal: the message, the judgement, a line for each agent, the claims, the answers. */
import { cut, oneLine } from "../shared/base/index.ts";
import type { Claim, Message, OutcomeKind, Story, Verdict } from "../shared/ledger/index.ts";
import { clockTime, columnsOf, duration, listed, together, usd, wrap } from "./terminal/layout.ts";
import type { Paint } from "./terminal/paint.ts";

type Telling = { paint: Paint; width: number; now: number };

/** Characters of a message that are told; the rest is in the room. */
const TEXT_CHARACTERS_MAX = 600;

/** Several lines without a newline at the end. */
export function tellStory(story: Story, telling: Telling): string {
  const sections = [
    heading(story, telling),
    judgement(story, telling),
    decisions(story, telling),
    claims(story, telling),
    answers(story, telling),
    work(story, telling),
    cost(story, telling),
  ];
  return sections.filter((section) => section !== "").join("\n\n");
}

/** Who owns the subject, and what agents gave each other to do. */
function work({ work: given, watch }: Story, { paint, width }: Telling): string {
  const lines = given.map(({ id, kind, giver, agent, state, because }) => {
    const from = giver === "swarm" ? "" : `${giver} → `;
    return `${kind} ${id}: ${from}${agent}, ${state}${because === "" ? "" : `: ${because}`}`;
  });
  if (watch !== undefined) {
    const because = watch.because === "" ? "" : `: ${watch.because}`;
    lines.unshift(`${watch.owner} owns “${watch.subject}”, ${watch.state}${because}`);
  }
  if (lines.length === 0) return "";
  return section("Together", paint, lines.map((line) => wrap(line, { width, indent: "    ", first: "  " })).join("\n"));
}

function heading({ message, root }: Story, { paint, width }: Telling): string {
  const { sender, seq, room, saidAt } = message;
  const name = sender.kind === "agent" ? paint.agent(sender.name) : paint.bold(sender.name);
  const about = root.seq === seq ? "" : ` · about #${root.seq}`;
  const deleted = message.deletedAt === null ? "" : " · deleted";
  const first = `${paint.bold(`#${seq}`)}  ${name}  ${paint.soft(`${dateTime(saidAt)} · ${room}${about}${deleted}`)}`;
  return `${first}\n${wrap(cut(message.text, TEXT_CHARACTERS_MAX), { width, indent: "    " })}`;
}

function judgement({ judgements, message, verdicts }: Story, { paint, width }: Telling): string {
  const lines = judgements.map(tellJudgement);
  if (lines.length === 0) lines.push(unjudged(message, verdicts));
  return section(
    "Judgement",
    paint,
    lines.map((line) => wrap(line, { width, indent: "    ", first: "  " })).join("\n"),
  );
}

function tellJudgement(one: Story["judgements"][number]): string {
  const whose = one.scope === "swarm" ? "for all" : `for ${one.scope}`;
  switch (one.state) {
    case "made": {
      const scores = Object.entries(one.scores)
        .toSorted(([, a], [, b]) => b - a)
        .map(([agent, score]) => together(`${agent} ${score}`));
      return `${one.by} asked a model ${whose} (${usd(one.costUsd)}): ${scores.join(", ")}`;
    }
    case "failed":
      return `${one.by} asked a model ${whose} and got no judgement: ${one.because}`;
    case "asking":
      return `${one.by} is asking a model ${whose} right now`;
  }
}

function unjudged({ sender }: Message, verdicts: readonly Verdict[]): string {
  if (verdicts.some(({ outcome }) => outcome === undefined)) return "nobody has asked a model about it yet";
  return sender.kind === "agent"
    ? "no model had to be asked about a colleague's answer"
    : "no model had to be asked whose message it is";
}

function decisions({ verdicts }: Story, { paint, width }: Telling): string {
  if (verdicts.length === 0)
    return section("Decisions", paint, "  no agent has come up since it was said; start them with `kaos up`");
  const name = Math.max(...verdicts.map(({ agent }) => columnsOf(agent)));
  const lines = verdicts.map((verdict) => {
    const { agent, tier, fit, because } = verdict;
    const cells = [
      paint.agent(agent) + " ".repeat(name - columnsOf(agent)),
      word(verdict, paint),
      (tier === undefined ? "" : `tier ${tier}`).padEnd("tier 0".length),
      (fit === undefined ? "" : `fit ${fit}`).padEnd("fit 10".length),
    ];
    const first = `  ${cells.join("  ")}  `;
    return wrap(`${because}${turnOf(verdict)}`, { width, first, indent: " ".repeat(columnsOf(first)) });
  });
  return section("Decisions", paint, lines.join("\n"));
}

function turnOf({ etaMs, tookMs, outcome }: Verdict): string {
  if (etaMs === undefined) return "";
  const turn = `; its turn was after ${together(duration(etaMs))}`;
  return outcome === "replied" && tookMs !== undefined
    ? `${turn}, it was out after ${together(duration(tookMs))}`
    : turn;
}

/** Each outcome as a person says it. */
export const WORDS: Readonly<Record<OutcomeKind, string>> = {
  replied: "answered",
  declined: "declined",
  lost: "yielded",
  passed: "passed",
  blocked: "blocked",
  failed: "failed",
  missed: "missed",
};
/** The longest of them. */
export const WORD_COLUMNS = 9;

function word({ outcome, claim }: Verdict, paint: Paint): string {
  const text = (outcome === undefined ? (claim?.state ?? "open") : WORDS[outcome]).padEnd(WORD_COLUMNS);
  if (outcome === undefined) return paint.wait(text);
  if (outcome === "replied") return paint.good(text);
  return outcome === "failed" || outcome === "blocked" ? paint.bad(text) : paint.soft(text);
}

function claims({ claims: all, message, root }: Story, { paint }: Telling): string {
  if (all.length === 0) return "";
  const lines = all.map((claim) => {
    const on = claim.message === message.seq ? "" : ` on #${claim.message}`;
    const slot = claim.slot === null ? "" : `, slot ${claim.slot}`;
    const tries = claim.attempts > 1 ? `, ${claim.attempts} tries` : "";
    return `  ${after(claim, root)}  ${paint.agent(claim.agent)}${on}: tier ${claim.tier}${slot}${tries}, ${claim.state}`;
  });
  return section("Claims, as they came", paint, lines.join("\n"));
}

function after({ placedAt }: Claim, { saidAt }: Message): string {
  return `+${duration(placedAt - saidAt)}`.padStart(7);
}

function answers({ sent, root }: Story, { paint, width }: Telling): string {
  const lines = sent.map(({ claim, by, parts, message }) => {
    const number =
      message === undefined ? "not out yet" : `#${message.seq} after ${duration(message.saidAt - root.saidAt)}`;
    const split = parts.length > 1 ? `, ${parts.length} parts` : "";
    const text = cut(oneLine(parts.map((part) => part.text).join(" ")), TEXT_CHARACTERS_MAX);
    return `  ${paint.agent(claim.agent)}  ${paint.soft(`${number} · ${by}${split}`)}\n${wrap(text, { width, indent: "    " })}`;
  });
  return lines.length === 0 ? "" : section("Sent", paint, lines.join("\n"));
}

function cost({ expenses, costUsd }: Story, { paint }: Telling): string {
  if (expenses.length === 0) return "";
  const purposes = [...new Set(expenses.map(({ purpose }) => purpose))].map(
    (purpose) => `${expenses.filter((one) => one.purpose === purpose).length} to ${purpose}`,
  );
  const calls = `${expenses.length} model ${expenses.length === 1 ? "call" : "calls"} (${listed(purposes)})`;
  return paint.soft(`Cost ${usd(costUsd)}: ${calls}.`);
}

function section(title: string, paint: Paint, body: string): string {
  return `${paint.bold(title)}\n${body}`;
}

function dateTime(at: number): string {
  const date = new Date(at);
  const day =
    date.toDateString() === new Date().toDateString()
      ? ""
      : `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())} `;
  return day + clockTime(at);
}

function pad(number: number): string {
  return String(number).padStart(2, "0");
}
