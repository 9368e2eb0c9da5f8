/** `kaos demo --swarm`: seven processes under pm2 on the offline model, a conversation, and then whatever a person writes to them. */
import { isAbort } from "../../shared/base/index.ts";
import { IMPLICIT_REPLIES_MAX, type Ledger, openLedger } from "../../shared/ledger/index.ts";
import type { Context } from "../context.ts";
import { openDoor } from "../control-room.ts";
import { CommandFailed } from "../failures.ts";
import { stopSignal } from "../stop-signal.ts";
import { duration, wrap } from "../terminal/layout.ts";
import { type Count, count } from "./count.ts";
import { createNarrator } from "./narrate.ts";
import { goOnTelling, play } from "./play.ts";
import { script } from "./script.ts";
import { createStage, type Stage } from "./stage.ts";
import { INTERRUPTED, seconds, type Voice } from "./voice.ts";

/** What came of it. The times are seconds from the command to the end of the story, and from the start of the first process to all ready. */
type Result = Count & { seconds: number; startSeconds: number };

/** Time to read the answers before the next message. */
const READING_MS = 2_000;

/** Plays it, and with `once` stops everything after the conversation. Throws CommandFailed when something is missing. */
export async function playSwarm(
  here: Context,
  voice: Voice,
  { once, json }: { once: boolean; json: boolean },
): Promise<void> {
  const startedAt = here.clock.now();
  const stopping = stopSignal();
  const stage = await createStage(here);
  await stage.prepare();
  const ledger = await openLedger({ path: stage.home.ledger, clock: here.clock });
  let result: Result | undefined;
  try {
    greet(here, voice, stage);
    const { tookMs, started } = await stage.start(ledger, stopping.signal);
    voice.say(`${voice.paint.good("✓")} ${started.length} processes are up after ${duration(tookMs)}.`);
    const narrator = createNarrator({ ...voice, ledger, home: stage.home, print: voice.say });
    const from = await play({
      ledger,
      clock: here.clock,
      narrator,
      script,
      pauseMs: once ? 0 : READING_MS,
      signal: stopping.signal,
    });
    result = {
      ...(await count(ledger)),
      seconds: seconds(here.clock.now() - startedAt),
      startSeconds: seconds(tookMs),
    };
    voice.say(`\n${wrap(summary(result), voice)}`);
    if (!once) {
      if (json) here.print(JSON.stringify(result));
      await invite(ledger, voice, stage);
      await goOnTelling({ ledger, narrator, from, signal: stopping.signal, runs: stage.runs }, here.clock);
    }
  } catch (error) {
    if (!isAbort(error)) throw error;
  } finally {
    await stage.stop(ledger);
    ledger.close();
    stopping.release();
    voice.say(`${voice.paint.good("✓")} Everything is stopped.`);
  }
  if (result === undefined) {
    process.exitCode = INTERRUPTED;
    return;
  }
  if (once && json) here.print(JSON.stringify(result));
  const missing = whatIsMissing(result);
  if (missing !== undefined)
    throw new CommandFailed(
      `The demo did not come out as it should: ${missing}. \`${stage.kaos} why <message>\` tells more about one message.`,
    );
}

function greet({ env }: Context, { say, paint }: Voice, { shown, port }: Stage): void {
  say(`${paint.bold("KAOS demo")}: six agents, a supervisor, one group. No key, no account, no network.`);
  say(paint.soft(`The offline model speaks prepared lines; every decision is real.\nData: ${shown}`));
  if (port !== env.DASHBOARD_PORT)
    say(paint.wait(`Port ${env.DASHBOARD_PORT} is taken, so the control room gets port ${port}.`));
}

function summary({ roots, replies, implicitRepliesMax, outcomesMissing }: Result): string {
  const decided =
    outcomesMissing === 0 ? "every agent has decided about each" : `${outcomesMissing} decisions are missing`;
  return `${roots} messages, ${replies} answers, at most ${implicitRepliesMax} ${implicitRepliesMax === 1 ? "volunteer" : "volunteers"} each; ${decided}.`;
}

async function invite(ledger: Ledger, { say, paint }: Voice, { kaos }: Stage): Promise<void> {
  const door = await openDoor(ledger);
  const lines = [
    "",
    paint.bold("Now you: the swarm goes on until Ctrl-C, and this terminal tells what happens."),
    "",
    `Control room ${paint.soft("(the link works once, within 10 minutes)")}`,
    `  ${door?.login ?? `closed; \`${kaos} status\` tells more`}`,
    "In a second terminal",
    `  ${kaos} room`,
    `  ${kaos} why last`,
    "",
  ];
  say(lines.join("\n"));
}

function whatIsMissing({
  agents,
  roots,
  rootsUnanswered,
  outcomesMissing,
  implicitRepliesMax,
}: Result): string | undefined {
  if (agents === 0 || roots < script.length)
    return `${roots} of ${script.length} messages were said to ${agents} agents`;
  if (rootsUnanswered > 0) return `${rootsUnanswered} messages got no answer`;
  if (outcomesMissing > 0) return `${outcomesMissing} decisions are missing`;
  return implicitRepliesMax > IMPLICIT_REPLIES_MAX ? `a message got ${implicitRepliesMax} volunteers` : undefined;
}
