/** `kaos demo`: the story of a day in one process and in under a minute. Nothing is acted: the engine does what is told here. */
import { verifyAudit } from "../../shared/audit/index.ts";
import { isAbort } from "../../shared/base/index.ts";
import { openLedger } from "../../shared/ledger/index.ts";
import type { Context } from "../context.ts";
import { CommandFailed } from "../failures.ts";
import { stopSignal } from "../stop-signal.ts";
import { duration, wrap } from "../terminal/layout.ts";
import { createTerminalLog } from "../terminal/log.ts";
import { withLifetime } from "../with-lifetime.ts";
import { MORTAL, startCast } from "./cast.ts";
import { type Chapter, chapters, type Told } from "./chapters.ts";
import { count } from "./count.ts";
import { clearHome, type DemoHome, demoHome } from "./home.ts";
import { createListener, TookTooLong } from "./listen.ts";
import { createNarrator } from "./narrate.ts";
import { INTERRUPTED, seconds, type Voice } from "./voice.ts";

/** What came of it: of each chapter what it promises, and of the whole what the ledger counts. */
export type Result = Awaited<ReturnType<typeof count>> & {
  chapters: Record<string, boolean>;
  /** Agents whose log of tool calls is as it was written. */
  auditsVerified: number;
  seconds: number;
};

/** Tells it and leaves its home to be looked at. Throws CommandFailed when a chapter did not come out as it should. */
export async function tellStory(here: Context, voice: Voice, { json }: { json: boolean }): Promise<void> {
  const { say, paint } = voice;
  const startedAt = here.clock.now();
  const at = demoHome(here);
  await clearHome(at, here, "kaos demo");
  const stopping = stopSignal();
  let result: Result | undefined;
  try {
    say(`${paint.bold("KAOS demo")}: six agents in one process, and a supervisor. No key, no network.`);
    say(paint.soft(`The offline model speaks prepared lines; everything else is real.\nData: ${at.shown}`));
    result = await play(here, at, voice, stopping.signal, startedAt);
  } catch (error) {
    if (!isAbort(error)) throw error;
  } finally {
    stopping.release();
  }
  if (result === undefined) {
    say(`${paint.good("✓")} Everything is stopped.`);
    process.exitCode = INTERRUPTED;
    return;
  }
  tellEnd(result, at, voice);
  if (json) here.print(JSON.stringify(result));
  const missing = whatIsMissing(result);
  if (missing !== undefined)
    throw new CommandFailed(`The story did not come out as it should: ${missing}. \`${at.kaos} why last\` tells more.`);
}

async function play(
  here: Context,
  at: DemoHome,
  voice: Voice,
  stop: AbortSignal,
  startedAt: number,
): Promise<Result | undefined> {
  const { home } = at;
  const { clock } = here;
  let result: Result | undefined;
  await withLifetime(async (lifetime) => {
    const signal = AbortSignal.any([stop, lifetime.signal]);
    const ledger = await openLedger({ path: home.ledger, clock });
    lifetime.onClose(() => ledger.close());
    const log = createTerminalLog({ process: "demo", level: "error", ...voice, print: here.note, note: here.note });
    const cast = await startCast({ here, home, ledger, log, lifetime });
    voice.say(`${voice.paint.good("✓")} Everybody is up after ${duration(clock.now() - startedAt)}.`);

    const narrator = createNarrator({ ...voice, ledger, home, print: voice.say });
    const listener = createListener({ ledger, clock, narrator, signal });
    const told: Told = { ...listener, ledger, home, cast, narrator, signal, fact: (text) => tellFact(text, voice) };
    const came: Record<string, boolean> = {};
    for (const { name, shows, tell } of chapters) {
      signal.throwIfAborted();
      narrator.announce(shows);
      came[name] = await outcomeOf(tell, told);
    }
    result = {
      chapters: came,
      ...(await count(ledger)),
      auditsVerified: await verifiedAudits(at, cast.agents),
      seconds: seconds(clock.now() - startedAt),
    };
  });
  return result;
}

/** A chapter that hangs is told as one that failed: the others still show what they show. */
async function outcomeOf(tell: Chapter["tell"], told: Told): Promise<boolean> {
  try {
    return await tell(told);
  } catch (error) {
    if (!(error instanceof TookTooLong)) throw error;
    told.fact(`${error.message}.`);
    return false;
  }
}

function tellFact(text: string, { say, paint, width }: Voice): void {
  say(wrap(text, { width, first: `${paint.good("→")} `, indent: "  " }));
}

async function verifiedAudits({ home }: DemoHome, agents: readonly string[]): Promise<number> {
  const checks = await Promise.all(agents.map((name) => verifyAudit(home.agent(name).audit)));
  return checks.filter(({ ok }) => ok).length;
}

function tellEnd(result: Result, { kaos, shown }: DemoHome, { say, paint, width }: Voice): void {
  const { roots, replies, implicitRepliesMax, auditsVerified, agents } = result;
  const commands = [
    [`${kaos} why last`, "what each decided, and why"],
    [`${kaos} turns ${MORTAL}`, "the turn that was killed"],
    [`${kaos} memory search launch`, "what was remembered"],
    [`${kaos} audit verify`, "the logs are unbroken"],
    [`${kaos} up`, "let them go on"],
    [`${kaos} dashboard`, "then look at all of it"],
  ];
  const column = Math.max(...commands.map(([command = ""]) => command.length)) + 4;
  const fits = column + SHOWS_COLUMNS <= width;
  const summary = `${roots} messages, ${replies} answers, at most ${implicitRepliesMax} ${implicitRepliesMax === 1 ? "volunteer" : "volunteers"} each; ${auditsVerified} of ${agents} audit logs verify. ${result.seconds} s.`;
  say(`\n${wrap(summary, { width, first: `${paint.good("✓")} `, indent: "  " })}`);
  say(`${paint.good("✓")} Everything is stopped; what happened stays in ${shown}:\n`);
  for (const [command = "", shows = ""] of commands)
    say(`${`  ${command}`.padEnd(fits ? column : 0)}${fits ? "" : "\n      "}${paint.soft(shows)}`);
}

/** The longest of what a command shows. */
const SHOWS_COLUMNS = 26;

function whatIsMissing({ chapters: came, outcomesMissing, rootsUnanswered, auditsVerified, agents }: Result) {
  const failed = chapters.find(({ name }) => came[name] !== true);
  if (failed !== undefined) return `“${failed.shows}” did not hold`;
  if (outcomesMissing > 0) return `${outcomesMissing} decisions are missing`;
  if (rootsUnanswered > 0) return `${rootsUnanswered} messages got no answer`;
  return auditsVerified < agents ? `${agents - auditsVerified} audit logs do not verify` : undefined;
}
