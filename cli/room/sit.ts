/** Sitting in the room: what is said shows as it is said, who thinks shows in the prompt, a line that is typed is said. */
import type { Clock } from "../../shared/base/index.ts";
import { type Ledger, type LedgerEvent, type Message, storyOf, whyUnsaid } from "../../shared/ledger/index.ts";
import { MAIN_ROOM, type Terminal } from "../../shared/transport/index.ts";
import { feed } from "../feed.ts";
import { tellStory } from "../tell-story.ts";
import { listed } from "../terminal/layout.ts";
import type { Paint } from "../terminal/paint.ts";
import { post } from "./post.ts";
import { tellMessage } from "./tell.ts";

type Deps = { ledger: Ledger; clock: Clock; terminal: Terminal; paint: Paint; width: number };

/** Messages that are shown at the beginning. */
const SHOWN_FIRST = 10;

/** Resolves when the person leaves: /quit, Ctrl-D or Ctrl-C. */
export async function sit(deps: Deps): Promise<void> {
  const { ledger, terminal, paint } = deps;
  const leaving = new AbortController();
  const from = await ledger.events.last();
  await welcome(deps);
  const watching = watch(deps, from, leaving.signal);
  try {
    while (true) {
      const line = await terminal.read(promptOf(paint, []));
      const text = line?.trim();
      if (text === undefined || text === "/quit" || text === "/exit") return;
      if (text === "") continue;
      if (text.startsWith("/")) terminal.print(await command(deps, text));
      else await say(deps, text);
    }
  } finally {
    leaving.abort();
    terminal.close();
    await watching;
  }
}

async function welcome({ ledger, terminal, paint, width }: Deps): Promise<void> {
  const [messages, roster] = await Promise.all([
    ledger.messages.latest(MAIN_ROOM, SHOWN_FIRST),
    ledger.agents.roster(),
  ]);
  for (const message of messages) terminal.print(`${tellMessage(message, { paint, width })}\n`);
  const alive = roster.filter((agent) => agent.alive).map(({ name }) => name);
  terminal.print(
    alive.length === 0
      ? `Nobody is up. What you write is kept, and answered when they come up: ${paint.bold("kaos up")}.`
      : `${listed(alive.map((name) => paint.agent(name)))} ${alive.length === 1 ? "is" : "are"} here.`,
  );
  terminal.print(paint.soft("Write to all, or to one with @name. /why tells who decided what, /quit leaves.\n"));
}

async function say({ ledger, clock, terminal, paint }: Deps, text: string): Promise<void> {
  const refusal = whyUnsaid(text);
  if (refusal !== undefined) return terminal.print(paint.bad(refusal));
  const seq = await post(ledger, clock, text);
  terminal.print(paint.soft(`  #${seq}\n`));
}

async function command({ ledger, clock, paint, width }: Deps, typed: string): Promise<string> {
  const [name, argument] = typed.split(/\s+/u);
  if (name === "/why") {
    const seq = argument === undefined ? (await ledger.messages.roots(1))[0]?.seq : Number(argument.replace(/^#/, ""));
    const story = seq === undefined || !Number.isSafeInteger(seq) ? undefined : await storyOf(ledger, seq);
    if (story === undefined) return `There is no message ${argument ?? "yet"}.`;
    return `${tellStory(story, { paint, width, now: clock.now() })}\n`;
  }
  const list = [
    ["/why [number]", "who decided what about a message, and why; the last one, when none is named"],
    ["/quit", "leave; so do Ctrl-D and Ctrl-C"],
  ];
  const known = list.map(([command, does = ""]) => `  ${command?.padEnd(14)} ${paint.soft(does)}`).join("\n");
  return name === "/help" ? known : `There is no ${name}. There are:\n${known}`;
}

/** Shows what happens, until the signal says stop. */
async function watch(deps: Deps, from: number, signal: AbortSignal): Promise<void> {
  const { ledger, terminal, paint, width } = deps;
  const busy = new Map<string, string>();
  for await (const event of feed(ledger, from, signal)) {
    const message = event.message === null ? undefined : await ledger.messages.get(event.message);
    if (message !== undefined && message.room !== MAIN_ROOM) continue;
    if (event.kind === "message recorded" && message?.sender.kind === "agent")
      terminal.print(`${tellMessage(message, { paint, width })}\n`);
    const happened = tellEvent(event, message, paint);
    if (happened !== undefined) terminal.print(happened);
    note(busy, event);
    terminal.prompt(promptOf(paint, [...busy.values()]));
  }
}

/** Who is at it, agent by agent. */
function note(busy: Map<string, string>, { kind, agent }: LedgerEvent): void {
  if (agent === null) return;
  if (kind === "judging") busy.set(agent, `${agent} judges`);
  else if (kind === "claim held") busy.set(agent, `${agent} writes`);
  else if (/^(judged|judgement failed|claim (sent|passed|failed|expired|yielded|withdrawn)|agent left)$/.test(kind))
    busy.delete(agent);
}

function promptOf(paint: Paint, busy: readonly string[]): string {
  return `${busy.length === 0 ? "" : paint.soft(`${busy.join(", ")} · `)}${paint.bold("you › ")}`;
}

/** What is told beside the messages themselves; most events are not. */
function tellEvent(
  { kind, agent, detail }: LedgerEvent,
  message: Message | undefined,
  paint: Paint,
): string | undefined {
  const who = agent === null ? "the swarm" : paint.agent(agent);
  const about = message === undefined ? "" : ` #${message.seq}`;
  switch (kind) {
    case "claim passed":
      return `${who} ${paint.soft(`read${about} and passed: ${String(detail["because"])}`)}\n`;
    case "claim failed":
      return `${who} ${paint.bad(`could not answer${about}: ${String(detail["because"] ?? "")}`)}\n`;
    case "agent arrived":
      return `${who} ${paint.soft("came up")}\n`;
    case "agent left":
      return `${who} ${paint.soft("went down")}\n`;
    case "agent waits":
      return `${who} ${paint.bad(`waits: ${String(detail["because"])}`)}\n`;
    case "agent goes on":
      return `${who} ${paint.soft("goes on")}\n`;
    case "paused":
      return `${who} ${paint.wait("is paused")}\n`;
    case "resumed":
      return `${who} ${paint.soft("goes on")}\n`;
    default:
      return undefined;
  }
}
