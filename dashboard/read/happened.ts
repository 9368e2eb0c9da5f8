/** What happened, in sentences: the events of the ledger that a person cares about. */
import { cut, oneLine } from "../../shared/base/index.ts";
import type { Ledger, LedgerEvent, Message } from "../../shared/ledger/index.ts";

export type Happening = {
  id: number;
  at: number;
  /** The agent it is about; otherwise a plain subject such as "the swarm". */
  agent: string | undefined;
  subject: string;
  sentence: string;
  /** The message it is about. */
  message: number | undefined;
};

type Told = { event: LedgerEvent; about: string; detail: (name: string) => string };

const SENTENCES: Readonly<Record<string, (told: Told) => string>> = {
  "agent arrived": ({ detail }) =>
    detail("epoch") === "1" ? "came up for the first time" : `came up, start ${detail("epoch")}`,
  "agent left": () => "went down on purpose",
  "agent waits": ({ detail }) => `waits: ${detail("because")}`,
  "agent goes on": ({ detail }) => `goes on after ${Math.ceil(Number(detail("waitedMs")) / 1_000)} s`,
  "claim sent": ({ about }) => `answered ${about}`,
  "claim passed": ({ about }) => `read ${about} and had nothing to add`,
  "claim failed": ({ about, detail }) => `could not answer ${about}${detail("because") && `: ${detail("because")}`}`,
  "claim expired": ({ about }) => `stopped while answering ${about}; the slot is free again`,
  "delivery given up": ({ about }) => `died before its answer to ${about} was out; the slot is free again`,
  "judgement failed": ({ about, detail }) => `nobody could judge ${about}: ${detail("because")}`,
  "message recorded": ({ about }) => `wrote ${about}`,
  "message deleted": ({ about }) => `took back ${about}`,
  paused: ({ detail }) => `paused by ${detail("by")}`,
  resumed: () => "goes on",
  "job ended": ({ detail }) => {
    const [state, because] = [detail("state"), detail("because")];
    return because === "" ? state : because.startsWith(`${state}:`) ? because : `${state}: ${because}`;
  },
  "approval asked": ({ detail }) => `asks whether it may run ${detail("tool")}`,
  "approval granted": ({ detail }) => `may run ${detail("tool")}: ${detail("by")} allowed it`,
  "approval denied": ({ detail }) => `may not run ${detail("tool")}: ${detail("by")} denied it`,
  "approval expired": ({ detail }) => `does not run ${detail("tool")}: nobody decided in time`,
  "grant made": ({ detail }) => `may run calls of ${detail("tool")} without asking, said ${detail("by")}`,
  "grant revoked": () => "a permission was revoked",
  "logged in": () => "a browser logged in",
};

/** How many events are read to find those that a person sees: replies are told by their claims, not twice. */
const READ_FACTOR = 3;

/** The newest happenings, newest first. */
export async function readHappenings(ledger: Ledger, limit: number): Promise<Happening[]> {
  const events = await ledger.events.latestOf(Object.keys(SENTENCES), limit * READ_FACTOR);
  const shown = events
    .filter(({ kind, detail }) => kind !== "message recorded" || detail["kind"] !== "agent")
    .slice(0, limit);
  const messages = new Map<number, Message | undefined>();
  for (const { message } of shown)
    if (message !== null && !messages.has(message)) messages.set(message, await ledger.messages.get(message));
  return shown.map((event) => happening(event, messages.get(event.message ?? 0)));
}

function happening(event: LedgerEvent, message: Message | undefined): Happening {
  const detail = (name: string) => {
    const value = event.detail[name];
    return typeof value === "string" || typeof value === "number" ? String(value) : "";
  };
  const about = message === undefined ? "a message" : `“${cut(oneLine(message.text), 120)}”`;
  const sentence = SENTENCES[event.kind]?.({ event, about, detail }) ?? event.kind;
  return {
    id: event.id,
    at: event.at,
    agent: event.agent ?? undefined,
    subject: subjectOf(event, message, detail),
    sentence,
    message: message?.seq,
  };
}

function subjectOf(
  { kind, agent }: LedgerEvent,
  message: Message | undefined,
  detail: (name: string) => string,
): string {
  if (kind.startsWith("message")) return message?.sender.name ?? detail("sender");
  if (kind === "paused" || kind === "resumed") return detail("scope") === "swarm" ? "the swarm" : detail("name");
  if (kind === "job ended") return detail("job");
  if (kind === "logged in" || kind === "grant revoked") return "control room";
  return agent ?? "the swarm";
}
