/** The promises, each checked over a whole history by one function; what it returns is what was broken. */
import { type AgentCard, type Message, PEER_REPLIES_MAX } from "../ledger/index.ts";
import { addressees, HOPS_MAX, RELEVANCE_MIN } from "../routing/index.ts";
import type { Visible } from "./chat.ts";
import type { ClaimRow, EventRow, History, OutcomeRow, SaidRow } from "./history.ts";

export type Violation = {
  invariant: "I1" | "I2" | "I3" | "I4" | "I5" | "pauses" | "strangers";
  message: number;
  because: string;
};

type Known = {
  history: History;
  cards: readonly AgentCard[];
  cap: number;
  strangers: "ignore" | "chat";
  saidById: ReadonlyMap<string, SaidRow>;
  visibleById: ReadonlyMap<string, Visible>;
  outcomeOf(message: number, agent: string): OutcomeRow | undefined;
  claimOf(message: number, agent: string): ClaimRow | undefined;
  /** Parts of all that this agent may say about this message: of its bid, and of work it was given. */
  partsOf(message: number, agent: string): number;
  /** The last entry of the feed of this kind about (message, agent), or about the message alone. */
  lastEvent(kind: string, message: number, agent?: string): EventRow | undefined;
  firstEvent(kind: string, message: number, agent?: string): EventRow | undefined;
  /** Visible replies of agents, with the message they answer. */
  replies: readonly { reply: Visible; to: SaidRow }[];
};

/** All violations of a world that has come to rest. */
export function check(
  history: History,
  { cards, cap, strangers = "ignore" }: { cards: readonly AgentCard[]; cap: number; strangers?: "ignore" | "chat" },
): Violation[] {
  const saidById = new Map(history.said.map((row) => [row.messageId, row]));
  const outcomes = new Map(history.outcomes.map((row) => [`${row.message} ${row.agent}`, row]));
  const claims = new Map(history.claims.map((row) => [`${row.message} ${row.agent}`, row]));
  const assigned = new Map(history.assigned.map((row) => [`${row.message} ${row.agent}`, row.parts]));
  const first = new Map<string, EventRow>();
  const last = new Map<string, EventRow>();
  for (const event of history.events) {
    const key = `${event.kind} ${event.message} ${event.agent ?? ""}`;
    if (!first.has(key)) first.set(key, event);
    last.set(key, event);
  }
  const known: Known = {
    history,
    cards,
    cap,
    strangers,
    saidById,
    visibleById: new Map(history.visible.map((message) => [message.messageId, message])),
    outcomeOf: (message, agent) => outcomes.get(`${message} ${agent}`),
    claimOf: (message, agent) => claims.get(`${message} ${agent}`),
    partsOf: (message, agent) =>
      (claims.get(`${message} ${agent}`)?.parts ?? 0) + (assigned.get(`${message} ${agent}`) ?? 0),
    firstEvent: (kind, message, agent = "") => first.get(`${kind} ${message} ${agent}`),
    lastEvent: (kind, message, agent = "") => last.get(`${kind} ${message} ${agent}`),
    replies: history.visible.flatMap((reply) => {
      const to = reply.sender.kind === "agent" ? saidById.get(reply.replyTo ?? "") : undefined;
      return to === undefined ? [] : [{ reply, to }];
    }),
  };
  return [
    everythingHeard(known),
    everyOutcome(known),
    nothingTwice(known),
    capKept(known),
    addressedAnswered(known),
    ownAnswered(known),
    lastTextAnswered(known),
    chainsEnd(known),
    pausesKept(known),
    strangersKeptOut(known),
  ].flat();
}

/** I1, first half: what can be seen in the chat stands in the ledger, in its last wording. */
function everythingHeard({ history, saidById }: Known): Violation[] {
  return history.visible.flatMap(({ messageId, deleted, texts }): Violation[] => {
    const row = saidById.get(messageId);
    if (deleted || row?.text === texts.at(-1)) return [];
    return [
      {
        invariant: "I1",
        message: row?.seq ?? 0,
        because: `${row === undefined ? "" : "the last wording of "}message ${messageId} of the chat never reached the ledger`,
      },
    ];
  });
}

/**
 * I1, second half: every agent but its sender has exactly one outcome (the table's key sees to "at most"). One that left
 * for good owes it only where it made a claim, and not while its answer may yet be under way.
 */
function everyOutcome({ history, outcomeOf, claimOf }: Known): Violation[] {
  const owes = (message: number, agent: string) => {
    const state = claimOf(message, agent)?.state;
    return !history.left.has(agent) || (state !== undefined && state !== "delivering");
  };
  return history.said.flatMap(({ seq, sender }) =>
    history.agents
      .filter((agent) => agent !== sender && outcomeOf(seq, agent) === undefined && owes(seq, agent))
      .map((agent): Violation => ({ invariant: "I1", message: seq, because: `${agent} has no outcome` })),
  );
}

/** I2: for one trigger an agent is seen to say each part once. */
function nothingTwice({ replies, partsOf }: Known): Violation[] {
  return [...Map.groupBy(replies, ({ reply, to }) => `${to.seq} ${reply.sender.name}`).values()].flatMap(
    (group): Violation[] => {
      const [{ reply, to }] = group as [(typeof group)[number]];
      const parts = partsOf(to.seq, reply.sender.name);
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
    // Without parts, what was seen is work that it was given.
    return claim !== undefined && claim.tier > 1 && claim.parts > 0 ? [claim] : [];
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

/**
 * I4, first half: whom a person addresses answers, if only to say that it cannot. Of a message that was edited, every
 * wording counts that stood in the ledger before the agent decided: whom all of them address is addressed.
 */
function addressedAnswered(known: Known): Violation[] {
  const { history, outcomeOf, replies } = known;
  const answered = new Set(replies.map(({ reply, to }) => `${to.seq} ${reply.sender.name}`));
  return history.said
    .filter((row) => asksSomething(known, row))
    .flatMap((row) =>
      addressedBy(known, row)
        .filter(
          (agent) =>
            !answered.has(`${row.seq} ${agent}`) &&
            !history.left.has(agent) &&
            outcomeOf(row.seq, agent)?.outcome !== "missed" &&
            !wasBlocked(known, row.seq, agent),
        )
        .map((agent): Violation => {
          const outcome = outcomeOf(row.seq, agent);
          return {
            invariant: "I4",
            message: row.seq,
            because: `${agent} was addressed and not seen to answer: ${outcome?.outcome}, ${outcome?.because}`,
          };
        }),
    );
}

/** I4, second half: what some agent finds its own gets an answer, unless all who did passed, failed, were paused or away. */
function ownAnswered(known: Known): Violation[] {
  const { history, outcomeOf, claimOf, replies } = known;
  const answered = new Set(replies.map(({ to }) => to.seq));
  return history.said
    .filter((row) => asksSomething(known, row) && !answered.has(row.seq) && !addressesSomebody(known, row))
    .flatMap((row): Violation[] => {
      const scores = history.scores.get(row.seq) ?? {};
      const eligible = history.agents.filter(
        (agent) => claimOf(row.seq, agent) !== undefined || (scores[agent] ?? 1) >= RELEVANCE_MIN,
      );
      const unexcused = eligible.filter((agent) => !isExcused(known, row.seq, agent));
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

/** I4, for edited messages: an answer is to the last wording that stood before its claim was taken, or to a later one. */
function lastTextAnswered({ replies, visibleById, firstEvent, lastEvent }: Known): Violation[] {
  return replies.flatMap(({ reply, to }): Violation[] => {
    const [before = "", after] = visibleById.get(to.messageId)?.texts ?? [];
    const edited = firstEvent("message edited", to.seq);
    const held = lastEvent("claim held", to.seq, reply.sender.name);
    const stale = reply.texts[0]?.endsWith(`“${before.replaceAll("@", "")}”.`) ?? false;
    if (after === undefined || edited === undefined || held === undefined || held.id < edited.id || !stale) return [];
    return [
      {
        invariant: "I4",
        message: to.seq,
        because: `${reply.sender.name} answered what the message said before it was edited`,
      },
    ];
  });
}

/**
 * A process that died is no excuse; one that died in CLAIM_ATTEMPTS_MAX tries to answer has failed, which is its limit.
 * One that left for good never comes back to answer.
 */
function isExcused(known: Known, message: number, agent: string): boolean {
  const outcome = known.outcomeOf(message, agent);
  if (known.history.left.has(agent) || wasBlocked(known, message, agent)) return true;
  return outcome !== undefined && ["passed", "failed", "missed"].includes(outcome.outcome);
}

/** The outcome says that a pause forbade it, and there was one before. */
function wasBlocked({ history, outcomeOf, firstEvent }: Known, message: number, agent: string): boolean {
  if (outcomeOf(message, agent)?.outcome !== "blocked") return false;
  const at = firstEvent("outcome", message, agent)?.id ?? 0;
  return history.events.some(
    ({ id, kind, agent: paused }) => kind === "paused" && id < at && (paused === null || paused === agent),
  );
}

/** I5: replies in a row, counted where people see them; what no person began is answered by nobody; few are provoked by colleagues. */
function chainsEnd({ history, saidById, replies, claimOf }: Known): Violation[] {
  const hops = new Map<string, number>();
  const begun = new Map<string, boolean>();
  const inARow = history.visible.flatMap(({ messageId, replyTo, sender }): Violation[] => {
    const length = sender.kind === "agent" && replyTo !== null ? (hops.get(replyTo) ?? 0) + 1 : 0;
    const byPerson = sender.kind !== "agent" || (replyTo !== null && (begun.get(replyTo) ?? false));
    hops.set(messageId, length);
    begun.set(messageId, byPerson);
    const message = saidById.get(messageId)?.seq ?? 0;
    if (length > HOPS_MAX) {
      return [
        { invariant: "I5", message, because: `the chain of replies is ${length} long, the limit is ${HOPS_MAX}` },
      ];
    }
    if (length > 0 && !byPerson) {
      return [{ invariant: "I5", message, because: `${sender.name} answered what no person had begun` }];
    }
    return [];
  });
  const provoked = replies.flatMap(({ reply, to }) => {
    const claim = claimOf(to.seq, reply.sender.name);
    return to.kind === "agent" && claim?.tier === 1 ? [claim] : [];
  });
  const tooMany = [...Map.groupBy(provoked, ({ root }) => root)]
    .map(([root, claims]) => ({ root, count: new Set(claims.map(({ id }) => id)).size }))
    .filter(({ count }) => count > PEER_REPLIES_MAX)
    .map(
      ({ root, count }): Violation => ({
        invariant: "I5",
        message: root,
        because: `colleagues provoked ${count} replies, the limit is ${PEER_REPLIES_MAX}`,
      }),
    );
  return [...inARow, ...tooMany];
}

/** Nobody takes a slot or commits a reply while it is paused: by the order of the feed, which no clock can turn. */
function pausesKept({ history }: Known): Violation[] {
  const paused = new Map<string, number>();
  return history.events.flatMap(({ kind, agent, at, message, detail }): Violation[] => {
    if (kind === "paused") {
      const { until } = JSON.parse(detail) as { until: number | null };
      paused.set(agent ?? "", until ?? Number.POSITIVE_INFINITY);
    } else if (kind === "resumed") paused.delete(agent ?? "");
    else if (kind === "claim held" || kind === "reply committed") {
      const until = Math.max(paused.get("") ?? 0, paused.get(agent ?? "") ?? 0);
      if (until > at)
        return [{ invariant: "pauses", message: message ?? 0, because: `${agent}: ${kind} while it was paused` }];
    }
    return [];
  });
}

/** STRANGERS=ignore: nobody bids for what a stranger said. */
function strangersKeptOut({ history, strangers }: Known): Violation[] {
  if (strangers === "chat") return [];
  const ignored = new Set(history.said.filter(({ kind }) => kind === "stranger").map(({ seq }) => seq));
  return history.claims
    .filter(({ message }) => ignored.has(message))
    .map(
      ({ message, agent }): Violation => ({
        invariant: "strangers",
        message,
        because: `${agent} made a claim on what a stranger said, who is ignored`,
      }),
    );
}

/** What a person said and did not take back: a deletion ends all claims. */
function asksSomething({ strangers }: Known, { kind, deleted }: SaidRow): boolean {
  return kind !== "agent" && deleted === 0 && !(kind === "stranger" && strangers === "ignore");
}

/** Agents that every wording addresses which the ledger held before they decided. */
function addressedBy(known: Known, row: SaidRow): string[] {
  const { firstEvent, visibleById } = known;
  const [first = row.text, ...later] = visibleById.get(row.messageId)?.texts ?? [];
  const edited = firstEvent("message edited", row.seq)?.id ?? Number.POSITIVE_INFINITY;
  return addresseesOf(known, row, first).filter((agent) => {
    const decided = firstEvent("claim placed", row.seq, agent) ?? firstEvent("outcome", row.seq, agent);
    const before = decided !== undefined && decided.id < edited;
    return before || later.every((text) => addresseesOf(known, row, text).includes(agent));
  });
}

function addressesSomebody(known: Known, row: SaidRow): boolean {
  const texts = known.visibleById.get(row.messageId)?.texts ?? [row.text];
  return texts.some((text) => addresseesOf(known, row, text).length > 0);
}

function addresseesOf({ cards, saidById }: Known, row: SaidRow, text: string): string[] {
  const repliedTo = saidById.get(row.replyTo ?? "");
  return addressees(asMessage({ ...row, text }), cards, repliedTo === undefined ? undefined : asMessage(repliedTo));
}

function asMessage({ text, kind, sender }: SaidRow): Message {
  return { text, sender: { kind, id: sender, name: sender } } as Message;
}
