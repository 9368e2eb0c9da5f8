/** Tells what happens in the swarm while it happens: who judged, bid, waited, wrote, answered, passed, declined. */
import { cut } from "../../shared/base/index.ts";
import type { Home } from "../../shared/config/index.ts";
import type { Ledger, LedgerEvent, Message } from "../../shared/ledger/index.ts";
import { columnsOf, duration, listed, together, wrap } from "../terminal/layout.ts";
import type { Paint } from "../terminal/paint.ts";
import { toolCallsOf } from "./tool-calls.ts";

type Deps = { ledger: Ledger; home: Home; paint: Paint; width: number; print(line: string): void };

export interface Narrator {
  /** What to watch for in what follows. */
  announce(what: string): void;
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

  /** "  kronos bids           tier 2 …" */
  function act(who: string, does: string, why: string): void {
    const head = `  ${who} ${does}`;
    const first = `${head}${" ".repeat(Math.max(1, ACT_COLUMNS + 2 - columnsOf(head)))}`;
    print(wrap(paint.soft(why), { width, first, indent: " ".repeat(ACT_COLUMNS + 2) }));
  }

  function say(message: Message, at: string): void {
    const { seq, sender, text } = message;
    const name = sender.kind === "agent" ? paint.agent(sender.name) : sender.name;
    print(`${paint.bold(name)} ${paint.soft(`#${seq}${at}`)}`);
    print(wrap(text, { width, indent: "  " }));
  }

  const narrator: Narrator = {
    announce: (what) => print(`\n${wrap(paint.soft(`── ${what}`), { width, indent: "   ", first: "" })}`),
    async tell({ kind, at, agent, message: seq, detail }) {
      const message = seq === null ? undefined : await ledger.messages.get(seq);
      if (message === undefined) return;
      const { sender, root, saidAt } = message;
      const claim = Number(detail["claim"]);
      const who = paint.agent(agent ?? "");
      const because = String(detail["because"] ?? "");
      switch (kind) {
        case "message recorded": {
          if (sender.kind !== "agent") return say(message, "");
          const asked = await ledger.messages.get(root);
          return say(message, ` to #${root} after ${duration(saidAt - (asked?.saidAt ?? saidAt))}`);
        }
        case "judged":
          // How a colleague's answer was judged tells nothing, as long as nobody wants to react to it.
          return sender.kind === "agent" ? undefined : act(who, "judges", scoresOf(detail["scores"]));
        case "claim placed": {
          const eta = Number(detail["eta"]);
          etas.set(claim, eta);
          const does = sender.kind === "agent" ? `reacts to #${message.seq}` : "bids";
          return act(who, does, `tier ${Number(detail["tier"])}, turn in ${together(duration(eta - at))}: ${because}`);
        }
        case "claim held": {
          narrator.tellDeclined(message.seq);
          const waitedMs = at - (etas.get(claim) ?? at);
          const slot = detail["slot"] === null ? "addressed, needs no slot" : `slot ${Number(detail["slot"])}`;
          return act(
            who,
            "writes",
            waitedMs < WAITED_MIN_MS ? slot : `${slot}, waited ${together(duration(waitedMs))} past its turn`,
          );
        }
        case "reply committed":
          for (const { tool, args } of toolCallsOf(home, agent ?? "", claim))
            act(who, "asks a tool", `${tool}: ${cut(args, 100)}`);
          return;
        case "approval asked":
          return act(who, "asks you", `may ${String(detail["tool"])} run? (approval ${Number(detail["approval"])})`);
        case "approval granted":
          return act(String(detail["by"]), "say yes", `${who}’s ${String(detail["tool"])} may run, this once`);
        case "claim passed":
          return act(who, "passes", because);
        case "claim yielded":
          return act(who, "yields", because);
        case "claim failed":
          return act(who, "fails", because);
        case "claim expired":
          return act(who, "loses its lease", "the slot is free again");
        case "claim withdrawn":
          return act(who, "withdraws", because);
        case "outcome":
          if (sender.kind !== "agent" && String(detail["outcome"]) in ACTS) {
            declined.set(message.seq, [
              ...(declined.get(message.seq) ?? []),
              { agent: agent ?? "", outcome: String(detail["outcome"]), because },
            ]);
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
        const [only] = agents;
        if (agents.length === 1 && only !== undefined) act(paint.agent(only), does.one, because);
        else act(String(agents.length), does.several, `${listed(agents)}: ${because}`);
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

type Group = { agents: string[]; does: { one: string; several: string }; because: string };

const ACTS: Readonly<Record<string, Group["does"]>> = {
  declined: { one: "declines", several: "decline" },
  blocked: { one: "is blocked", several: "are blocked" },
  missed: { one: "missed it", several: "missed it" },
};

/** Those with one reason together; relevance that is too low is one reason, whatever the number. */
function grouped(all: readonly Declined[]): Group[] {
  const groups = new Map<string, Group & { fits: number[] }>();
  for (const { agent, outcome, because } of all) {
    const fit = /^fit (\d+) of 10, needs (\d+)$/.exec(because);
    const key = fit === null ? `${outcome} ${because}` : "fit";
    const group = groups.get(key) ?? {
      agents: [],
      does: ACTS[outcome] ?? { one: outcome, several: outcome },
      because,
      fits: [],
    };
    group.agents.push(agent);
    if (fit !== null) {
      group.fits.push(Number(fit[1]));
      const [least, most] = [Math.min(...group.fits), Math.max(...group.fits)];
      group.because = `fit ${least === most ? least : `${least}–${most}`} of 10, ${together(`needs ${fit[2]}`)}`;
    }
    groups.set(key, group);
  }
  return [...groups.values()].map(({ agents, does, because }) => ({ agents: agents.toSorted(), does, because }));
}
