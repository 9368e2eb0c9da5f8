/** Waits until the swarm is done with a message. */
import { hears, type Ledger, type Message, type Outcome } from "../../shared/ledger/index.ts";

export type Settled = {
  /** One an agent. */
  outcomes: Outcome[];
  /** What the agents said to it, in order. */
  answers: Message[];
  /** Agents that have no outcome yet, when the time was over. */
  missing: string[];
};

type Waiting = {
  signal: AbortSignal;
  atMostMs: number;
  now(): number;
  /** Hears each answer as soon as it is there, and how many agents have an outcome. */
  onAnswer?(answer: Message): void;
  onDecided?(decided: number, of: number): void;
};

const LOOK_AGAIN_MS = 1_000;

/** Resolves when every agent that heard it has an outcome for it, or the time is over. Rejects with an AbortError when told to stop. */
export async function untilSettled(
  ledger: Ledger,
  seq: number,
  { signal, atMostMs, now, onAnswer, onDecided }: Waiting,
): Promise<Settled> {
  const until = now() + atMostMs;
  const answers: Message[] = [];
  const message = await ledger.messages.get(seq);
  while (true) {
    signal.throwIfAborted();
    const seen = ledger.changes.version();
    const [outcomes, roster] = await Promise.all([ledger.outcomes.ofMessage(seq), ledger.agents.roster()]);
    for (const answer of (await ledger.messages.thread(seq))
      .filter(({ sender }) => sender.kind === "agent")
      .slice(answers.length)) {
      answers.push(answer);
      onAnswer?.(answer);
    }
    const heard = message === undefined ? [] : roster.filter((agent) => hears(agent, message)).map(({ name }) => name);
    const missing = heard.filter((name) => !outcomes.some(({ agent }) => agent === name));
    const of = outcomes.length + missing.length;
    onDecided?.(outcomes.length, of);
    if ((missing.length === 0 && of > 0) || now() >= until) return { outcomes, answers, missing };
    await ledger.changes.past(seen, { signal, atMostMs: Math.min(LOOK_AGAIN_MS, until - now()) });
  }
}
