/** The story of one root as lanes: for each agent when it judged, bid, waited, held, sent and ended. */
import type { Ledger, LedgerEvent, Message } from "../../shared/ledger/index.ts";

/** Milliseconds after the root was said. */
export type Span = { kind: "judge" | "wait" | "hold" | "send"; from: number; to: number };
export type Mark = { kind: "decided" | "bid" | "ended"; at: number };
export type Lane = {
  agent: string;
  spans: readonly Span[];
  marks: readonly Mark[];
  /** Where it stood, in words. */
  slot: number | undefined;
  fence: number | undefined;
};
export type Timeline = { lanes: readonly Lane[]; endMs: number };

/** One lane an agent, in this order. Until a story ends, its open spans end now. */
export async function readTimeline(
  ledger: Ledger,
  root: Message,
  { agents, now }: { agents: readonly string[]; now: number },
): Promise<Timeline> {
  const thread = await ledger.messages.thread(root.seq);
  const events = (await Promise.all(thread.map(({ seq }) => ledger.events.ofMessage(seq))))
    .flat()
    .toSorted((a, b) => a.id - b.id);
  const own = (agent: string) => events.filter((event) => event.agent === agent);
  const lanes = agents.map((agent) => laneOf(agent, own(agent), root, now));
  const times = lanes.flatMap(({ spans, marks }) => [...spans.map(({ to }) => to), ...marks.map(({ at }) => at)]);
  return { lanes, endMs: Math.max(0, ...times) };
}

/** A reply that nobody reacts to is declined by everybody; only what was decided about the root is worth a mark. */
function laneOf(agent: string, events: readonly LedgerEvent[], root: Message, now: number): Lane {
  const spans: Span[] = [];
  const marks: Mark[] = [];
  const since = new Map<Span["kind"], number>();
  let slot: number | undefined;
  let fence: number | undefined;
  const begin = (kind: Span["kind"], at: number) => since.set(kind, at);
  const end = (kind: Span["kind"], at: number) => {
    const from = since.get(kind);
    if (from !== undefined) spans.push({ kind, from, to: at });
    since.delete(kind);
  };
  for (const { kind, at: absolute, message, detail } of events) {
    const at = Math.max(0, absolute - root.saidAt);
    switch (kind) {
      case "judging":
        begin("judge", at);
        break;
      case "judged":
      case "judgement failed":
        end("judge", at);
        break;
      case "claim placed":
        marks.push({ kind: "decided", at });
        if (typeof detail["eta"] === "number")
          marks.push({ kind: "bid", at: Math.max(0, detail["eta"] - root.saidAt) });
        begin("wait", at);
        break;
      case "claim placed again":
        begin("wait", at);
        break;
      case "claim held":
        end("wait", at);
        begin("hold", at);
        slot = typeof detail["slot"] === "number" ? detail["slot"] : slot;
        fence = typeof detail["fence"] === "number" ? detail["fence"] : fence;
        break;
      case "reply committed":
        end("hold", at);
        begin("send", at);
        break;
      case "claim sent":
        end("send", at);
        break;
      case "claim expired":
      case "delivery given up":
        for (const open of ["hold", "send"] as const) end(open, at);
        break;
      case "claim passed":
      case "claim failed":
      case "claim yielded":
      case "claim withdrawn":
        for (const open of ["wait", "hold", "send"] as const) end(open, at);
        marks.push({ kind: "ended", at });
        break;
      case "outcome":
        if (message === root.seq && !marks.some((mark) => mark.kind === "decided")) marks.push({ kind: "decided", at });
        break;
    }
  }
  for (const kind of [...since.keys()]) end(kind, Math.max(since.get(kind) ?? 0, now - root.saidAt));
  return { agent, spans, marks, slot, fence };
}
