/** The promises I1 to I5, each checked over a whole history by one function; what it returns is what was broken. */

import type { AgentCard, Message } from "../ledger/index.ts";
import { addressees, HOPS_MAX, RELEVANCE_MIN } from "../routing/index.ts";
import type { Visible } from "./chat.ts";
import type { ClaimRow, History, OutcomeRow, SaidRow } from "./history.ts";

export type Violation = { invariant: "I1" | "I2" | "I3" | "I4" | "I5"; message: number; because: string };

type Known = {
  history: History;
  cards: readonly AgentCard[];
  cap: number;
  saidById: ReadonlyMap<string, SaidRow>;
  saidBySeq: ReadonlyMap<number, SaidRow>;
  outcomeOf(message: number, agent: string): OutcomeRow | undefined;
  claimOf(message: number, agent: string): ClaimRow | undefined;
  /** Visible replies of agents, with the message they answer. */
  replies: readonly { reply: Visible; to: SaidRow }[];
};

/** All violations of a world that has come to rest. */
export function check(history: History, { cards, cap }: { cards: readonly AgentCard[]; cap: number }): Violation[] {
  const saidById = new Map(history.said.map((row) => [row.messageId, row]));
  const outcomes = new Map(history.outcomes.map((row) => [`${row.message} ${row.agent}`, row]));
  const claims = new Map(history.claims.map((row) => [`${row.message} ${row.agent}`, row]));
  const known: Known = {
    history,
    cards,
    cap,
    saidById,
    saidBySeq: new Map(history.said.map((row) => [row.seq, row])),
    outcomeOf: (message, agent) => outcomes.get(`${message} ${agent}`),
    claimOf: (message, agent) => claims.get(`${message} ${agent}`),
    replies: history.visible.flatMap((reply) => {
      const to = reply.sender.kind === "agent" ? saidById.get(reply.replyTo ?? "") : undefined;
      return to === undefined ? [] : [{ reply, to }];
    }),
  };
  return [
    everyOutcome(known),
    nothingTwice(known),
    capKept(known),
    addressedAnswered(known),
    ownAnswered(known),
    chainsEnd(known),
  ].flat();
}

/** I1: what was visible is known, and every agent but its sender has exactly one outcome (the table's key sees to "at most"). */
function everyOutcome({ history, saidById, outcomeOf }: Known): Violation[] {
  const lost = history.visible
    .filter(({ messageId, changed }) => changed !== "deleted" && !saidById.has(messageId))
    .map(
      ({ messageId }): Violation => ({
        invariant: "I1",
        message: 0,
        because: `message ${messageId} of the chat never reached the ledger`,
      }),
    );
  const silent = history.said.flatMap(({ seq, sender }) =>
    history.agents
      .filter((agent) => agent !== sender && outcomeOf(seq, agent) === undefined)
      .map((agent): Violation => ({ invariant: "I1", message: seq, because: `${agent} has no outcome` })),
  );
  return [...lost, ...silent];
}

/** I2: for one trigger an agent is seen to say each part once. */
function nothingTwice({ replies, claimOf }: Known): Violation[] {
  return [...Map.groupBy(replies, ({ reply, to }) => `${to.seq} ${reply.sender.name}`).values()].flatMap(
    (group): Violation[] => {
      const [{ reply, to }] = group as [(typeof group)[number]];
      const parts = claimOf(to.seq, reply.sender.name)?.parts ?? 0;
      if (group.length <= parts) return [];
      return [
        {
          invariant: "I2",
          message: to.seq,
          because: `${reply.sender.name} was seen ${group.length} times where its answer has ${parts} parts`,
        },
      ];
    },
  );
}

/** I3: implicit replies to a root, counted where people see them. */
function capKept({ replies, claimOf, cap }: Known): Violation[] {
  const implicit = replies.flatMap(({ reply, to }) => {
    const claim = claimOf(to.seq, reply.sender.name);
    return claim !== undefined && claim.tier > 1 ? [claim] : [];
  });
  return [...Map.groupBy(implicit, ({ root }) => root)].flatMap(([root, claims]): Violation[] => {
    const speakers = new Map(claims.map(({ id, agent }) => [id, agent]));
    if (speakers.size <= cap) return [];
    return [
      {
        invariant: "I3",
        message: root,
        because: `${speakers.size} volunteers answered (${[...speakers.values()].join(", ")}), the cap is ${cap}`,
      },
    ];
  });
}

/** I4, first half: whom a person addresses answers, if only to say that it cannot. */
function addressedAnswered({ history, cards, saidById, outcomeOf, replies }: Known): Violation[] {
  const answered = new Set(replies.map(({ reply, to }) => `${to.seq} ${reply.sender.name}`));
  return history.said.filter(asksSomething).flatMap((row) => {
    const to = history.visible.find(({ messageId }) => messageId === row.messageId)?.replyTo ?? "";
    return addressees(asMessage(row), cards, asMessageOrNone(saidById.get(to)))
      .filter((agent) => !answered.has(`${row.seq} ${agent}`) && outcomeOf(row.seq, agent)?.outcome !== "missed")
      .map((agent): Violation => {
        const outcome = outcomeOf(row.seq, agent);
        return {
          invariant: "I4",
          message: row.seq,
          because: `${agent} was addressed and not seen to answer: ${outcome?.outcome}, ${outcome?.because}`,
        };
      });
  });
}

/** I4, second half: what some agent finds its own gets an answer, unless all who did passed, failed, or were away. */
function ownAnswered({ history, cards, saidById, outcomeOf, claimOf, replies }: Known): Violation[] {
  const answered = new Set(replies.map(({ to }) => to.seq));
  return history.said.filter(asksSomething).flatMap((row): Violation[] => {
    const scores = history.judgements.get(row.seq);
    const to = history.visible.find(({ messageId }) => messageId === row.messageId)?.replyTo ?? "";
    if (answered.has(row.seq) || addressees(asMessage(row), cards, asMessageOrNone(saidById.get(to))).length > 0)
      return [];
    const eligible = history.agents.filter(
      (agent) =>
        claimOf(row.seq, agent) !== undefined || (typeof scores === "object" && (scores[agent] ?? 1) >= RELEVANCE_MIN),
    );
    const unexcused = eligible.filter((agent) => !isExcuse(outcomeOf(row.seq, agent)));
    if (unexcused.length === 0) return [];
    const told = unexcused.map(
      (agent) => `${agent} ${outcomeOf(row.seq, agent)?.outcome}: ${outcomeOf(row.seq, agent)?.because}`,
    );
    return [
      {
        invariant: "I4",
        message: row.seq,
        because: `nobody answered what ${eligible.length} agents found their own (${told.join("; ")})`,
      },
    ];
  });
}

/** A process that died is no excuse; one that died in CLAIM_ATTEMPTS_MAX tries to answer has failed, which is its limit. */
function isExcuse(outcome: OutcomeRow | undefined): boolean {
  return outcome !== undefined && ["passed", "failed", "missed"].includes(outcome.outcome);
}

/** I5: replies in a row, counted where people see them. */
function chainsEnd({ history, saidById }: Known): Violation[] {
  const hops = new Map<string, number>();
  return history.visible.flatMap(({ messageId, replyTo, sender }): Violation[] => {
    const length = sender.kind === "agent" ? (hops.get(replyTo ?? "") ?? 0) + 1 : 0;
    hops.set(messageId, length);
    if (length <= HOPS_MAX) return [];
    return [
      {
        invariant: "I5",
        message: saidById.get(messageId)?.seq ?? 0,
        because: `the chain of replies is ${length} long, the limit is ${HOPS_MAX}`,
      },
    ];
  });
}

/** What a person said and stands by: an edit may come before or after it was read, a deletion ends all claims. */
function asksSomething({ kind, edited, deleted }: SaidRow): boolean {
  return kind !== "agent" && edited === 0 && deleted === 0;
}

function asMessage({ text, kind, sender }: SaidRow): Message {
  return { text, sender: { kind: kind === "agent" ? "agent" : "owner", id: sender, name: sender } } as Message;
}

function asMessageOrNone(row: SaidRow | undefined): Message | undefined {
  return row === undefined ? undefined : asMessage(row);
}
