/** Tells what happens in the swarm while it happens: who judged, bid, waited, wrote, answered, passed, declined. */
import { cut } from "../../shared/base/index.ts";
import type { Home } from "../../shared/config/index.ts";
import type { Ledger, LedgerEvent, Message } from "../../shared/ledger/index.ts";
import { columnsOf, duration, listed, together, wrap } from "../terminal/layout.ts";
import type { Paint } from "../terminal/paint.ts";
import { toolCallsOf } from "./tool-calls.ts";

type Deps = { ledger: Ledger; home: Home; paint: Paint; width: number; print(line: string): void };

export interface Narrator {
  tell(event: LedgerEvent): Promise<void>;
  /** Those who declined a message, as far as they are not told yet. */
  tellDeclined(message: number): void;
}

/** Columns of "who does", before why. */
const ACT_COLUMNS = 22;
/** A claim that waited no longer than this past its turn has not waited. */
const WAITED_MIN_MS = 400;

type Declined = { agent: string; outcome: string; because: string };

export function createNarrator({ ledger, home, paint, width, print }: Deps): Narrator {
  const declined = new Map<number, Declined[]>();
  const etas = new Map<number, number>();
  let said = 0;

  /** "  kronos bids            tier 2 …" */
  function act(agent: string, does: string, why: string): void {
    const head = `  ${paint.agent(agent)} ${does}`;
    const first = `${head}${" ".repeat(Math.max(1, ACT_COLUMNS + 2 - columnsOf(head)))}`;
    print(wrap(why, { width, first, indent: " ".repeat(ACT_COLUMNS + 2) }).split("\n").map((line, at) => (at === 0 ? line : paint.soft(line))).join("\n"));
  }

  function say(message: Message, at: string): void {
    const { seq, sender, text } = message;
    const name = sender.kind === "agent" ? paint.agent(sender.name) : sender.name;
    if (sender.kind !== "agent" && said > 0) print("");
    said++;
    print(`${paint.bold(name)} ${paint.soft(`#${seq}${at}`)}`);
    print(wrap(text, { width, indent: "  " }));
  }

  const narrator: Narrator = {
    async tell({ kind, at, agent, message: seq, detail }) {
      const message = seq === null ? undefined : await ledger.messages.get(seq);
      if (message === undefined) return;
      const { sender, root, saidAt } = message;
      const claim = Number(detail["claim"]);
      const who = agent ?? "";
      const because = String(detail["because"] ?? "");
      switch (kind) {
        case "message recorded": {
          if (sender.kind !== "agent") return say(message, "");
          const asked = await ledger.messages.get(root);
          return say(message, ` to #${root} after ${duration(saidAt - (asked?.saidAt ?? saidAt))}`);
        }
        case "judged":
          // How a colleague's answer was judged tells nothing, as long as nobody wants to react to it.
          return sender.kind === "agent" ? undefined : act(who, "judges for all", paint.soft(scoresOf(detail["scores"])));
        case "claim placed": {
          const eta = Number(detail["eta"]);
          etas.set(claim, eta);
          const does = sender.kind === "agent" ? `reacts to #${message.seq}` : "bids";
          return act(who, does, paint.soft(`tier ${Number(detail["tier"])}, turn in ${together(duration(eta - at))}: ${because}`));
        }
        case "claim held": {
          narrator.tellDeclined(message.seq);
          const waitedMs = at - (etas.get(claim) ?? at);
          const slot = detail["slot"] === null ? "addressed, needs no slot" : `slot ${Number(detail["slot"])}`;
          return act(who, "writes", paint.soft(waitedMs < WAITED_MIN_MS ? slot : `${slot}, waited ${together(duration(waitedMs))} past its turn`));
        }
        case "reply committed":
          for (const { tool, args } of toolCallsOf(home, who, claim)) act(who, "asks a tool", paint.soft(`${tool}: ${cut(args, 100)}`));
          return;
        case "claim passed":
          return act(who, "passes", paint.soft(because));
        case "claim yielded":
          return act(who, "yields", paint.soft(because));
        case "claim failed":
          return act(who, "fails", paint.bad(because));
        case "claim expired":
          return act(who, "loses its lease", paint.soft("the slot is free again"));
        case "claim withdrawn":
          return act(who, "withdraws", paint.soft(because));
        case "outcome":
          if (sender.kind !== "agent" && ["declined", "blocked", "missed"].includes(String(detail["outcome"]))) {
            declined.set(message.seq, [...(declined.get(message.seq) ?? []), { agent: who, outcome: String(detail["outcome"]), because }]);
          }
          return;
        default:
          return;
      }
    },
    tellDeclined(seq) {
      const all = declined.get(seq) ?? [];
      declined.delete(seq);
      for (const { agents, does, because } of grouped(all)) {
        const head = `  ${agents.length === 1 ? paint.agent(agents[0] ?? "") : String(agents.length)} ${agents.length === 1 ? does : does.replace(/s$/, "")}`;
        const first = `${head}${" ".repeat(Math.max(1, ACT_COLUMNS + 2 - columnsOf(head)))}`;
        const who = agents.length === 1 ? "" : `${listed(agents.map((agent) => paint.agent(agent)))}: `;
        print(wrap(`${who}${because}`, { width, first, indent: " ".repeat(ACT_COLUMNS + 2) }));
      }
    },
  };
  return narrator;
}

function scoresOf(scores: unknown): string {
  return Object.entries((scores ?? {}) as Record<string, number>)
    .toSorted(([, a], [, b]) => b - a)
    .map(([agent, score]) => together(`${agent} ${score}`))
    .join(", ");
}

/** Those with one reason together; relevance that is too low is one reason, whatever the number. */
function grouped(all: readonly Declined[]): { agents: string[]; does: string; because: string }[] {
  const groups = new Map<string, { agents: string[]; does: string; because: string; fits: number[] }>();
  for (const { agent, outcome, because } of all) {
    const fit = /^fit (\d+) of 10, needs (\d+)$/.exec(because);
    const key = fit === null ? `${outcome} ${because}` : "fit";
    const does = outcome === "declined" ? "declines" : outcome === "blocked" ? "is blocked" : "missed it";
    const group = groups.get(key) ?? { agents: [], does, because, fits: [] };
    group.agents.push(agent);
    if (fit !== null) {
      group.fits.push(Number(fit[1]));
      const [least, most] = [Math.min(...group.fits), Math.max(...group.fits)];
      group.because = `fit ${least === most ? least : `${least}–${most}`} of 10, needs ${fit[2]}`;
    }
    groups.set(key, group);
  }
  return [...groups.values()].map(({ agents, does, because }) => ({ agents: agents.toSorted(), does, because }));
}
