/** The story of one root as lanes: for each agent when it judged, waited, held, delivered, and how it ended; and every step as a sentence. */
import type { Ledger, LedgerEvent, Message } from "../../shared/ledger/index.ts";

/** Milliseconds after the root was said. `wait` is for its time, `queue` for a slot after that. */
export type Span = { kind: "judge" | "wait" | "queue" | "hold" | "send"; from: number; to: number };
/** `due` is the time that it bid for; the others say how something ended. */
export type Mark = { kind: "decided" | "due" | "sent" | "passed" | "failed" | "yielded" | "expired"; at: number };
export type Lane = {
  agent: string;
  spans: readonly Span[];
  marks: readonly Mark[];
  /** Where it stood last. */
  slot: number | undefined;
};
export type Step = { at: number; agent: string; says: string };
export type Timeline = { lanes: readonly Lane[]; endMs: number; steps: readonly Step[] };

/** One lane an agent, in this order. Until a story ends, its open spans end now. */
export async function readTimeline(
  ledger: Ledger,
  root: Message,
  { agents, now }: { agents: readonly string[]; now: number },
): Promise<Timeline> {
  const thread = await ledger.messages.thread(root.seq);
  const told = await Promise.all(thread.map(({ seq }) => ledger.events.ofMessage(seq)));
  const events = told.flat().toSorted((a, b) => a.id - b.id);
  const lanes = agents.map((agent) =>
    laneOf(
      agent,
      events.filter((event) => event.agent === agent),
      { root, nowMs: now - root.saidAt },
    ),
  );
  const times = lanes.flatMap(({ spans, marks }) => [...spans.map(({ to }) => to), ...marks.map(({ at }) => at)]);
  return { lanes, endMs: Math.max(0, ...times), steps: events.flatMap((event) => stepOf(event, root, thread)) };
}

/** Shorter than this somebody only took the time to notice that its turn had come. */
const QUEUE_SEEN_MS = 300;

type Open = { kind: Span["kind"]; from: number };

/** A reply that nobody reacts to is declined by everybody; only what was decided about the root is worth a mark. */
function laneOf(
  agent: string,
  events: readonly LedgerEvent[],
  { root, nowMs }: { root: Message; nowMs: number },
): Lane {
  const spans: Span[] = [];
  const marks: Mark[] = [];
  // A judgement and a claim may be under way at once, and so may two claims: each is followed by itself.
  const open = new Map<string, Open>();
  const due = new Map<string, number>();
  let slot: number | undefined;

  function end(what: string, at: number): void {
    const span = open.get(what);
    open.delete(what);
    if (span === undefined) return;
    if (span.kind !== "wait") {
      spans.push({ ...span, to: at });
      return;
    }
    const dueAt = due.get(what) ?? at;
    const queuesFrom = Math.max(span.from, dueAt);
    const queues = at - queuesFrom >= QUEUE_SEEN_MS;
    if (dueAt > span.from) spans.push({ ...span, to: queues ? dueAt : at });
    if (queues) spans.push({ kind: "queue", from: queuesFrom, to: at });
  }
  function next(what: string, kind: Span["kind"], at: number): void {
    end(what, at);
    open.set(what, { kind, from: at });
  }
  function close(what: string, kind: Mark["kind"], at: number): void {
    end(what, at);
    marks.push({ kind, at });
  }

  for (const { kind, at: absolute, message, detail } of events) {
    const at = Math.max(0, absolute - root.saidAt);
    const claim = `claim ${detail["claim"]}`;
    const judging = `judging ${message} ${detail["scope"]}`;
    switch (kind) {
      case "judging":
        next(judging, "judge", at);
        break;
      case "judged":
      case "judgement failed":
        end(judging, at);
        break;
      case "claim placed":
        due.set(claim, Math.max(0, Number(detail["eta"]) - root.saidAt));
        marks.push({ kind: "decided", at }, { kind: "due", at: due.get(claim) ?? at });
        next(claim, "wait", at);
        break;
      case "claim placed again":
        next(claim, "wait", at);
        break;
      case "claim held":
        next(claim, "hold", at);
        slot = typeof detail["slot"] === "number" ? detail["slot"] : slot;
        break;
      case "reply committed":
        next(claim, "send", at);
        break;
      case "claim sent":
        close(claim, "sent", at);
        break;
      case "claim expired":
      case "delivery given up":
        close(claim, "expired", at);
        break;
      case "claim passed":
        close(claim, "passed", at);
        break;
      case "claim failed":
        close(claim, "failed", at);
        break;
      case "claim yielded":
      case "claim withdrawn":
        close(claim, "yielded", at);
        break;
      case "outcome":
        if (message === root.seq && marks.length === 0) marks.push({ kind: "decided", at });
        break;
    }
  }
  for (const what of [...open.keys()]) end(what, Math.max(open.get(what)?.from ?? 0, nowMs));
  return { agent, spans, marks, slot };
}

/** What each event means, in words. What is left out is told by another event. */
const SENTENCES: Readonly<Record<string, (detail: LedgerEvent["detail"]) => string>> = {
  judging: () => "asks a model whose it is",
  judged: () => "has the scores of all",
  "judgement failed": ({ because }) => `got no judgement: ${because}`,
  "claim placed": ({ tier, because }) => `bids in tier ${tier}: ${because}`,
  "claim placed again": () => "bids again after it lost its lease",
  "claim held": ({ slot }) => (typeof slot === "number" ? `takes slot ${slot} and thinks` : "thinks"),
  "claim expired": ({ restarted }) =>
    restarted ? "started again; its slot is free" : "lost its lease; its slot is free",
  "delivery given up": () => "died before its answer was out; its slot is free",
  "reply committed": ({ parts }) => `has its answer, in ${parts === 1 ? "one part" : `${parts} parts`}`,
  "claim sent": () => "is out with it",
  "claim failed": ({ because }) => `failed${because ? `: ${because}` : ""}`,
  outcome: ({ outcome, because }) => (outcome === "replied" || outcome === "failed" ? "" : `${outcome}: ${because}`),
};

function stepOf({ kind, at, agent, message, detail }: LedgerEvent, root: Message, thread: readonly Message[]): Step[] {
  const says = SENTENCES[kind]?.(detail) ?? "";
  if (agent === null || says === "") return [];
  const about = thread.find(({ seq }) => seq === message);
  const of = about === undefined || about.seq === root.seq ? "" : ` (on what ${about.sender.name} said)`;
  return [{ at: Math.max(0, at - root.saidAt), agent, says: says + of }];
}
