/** Does what was wished for, in the order in which it can be relied on, and ends with one real answer. */
import { secret } from "../../shared/base/index.ts";
import { loadDotEnv, setInDotEnv } from "../../shared/config/index.ts";
import { nameFor, readWords, writeAdded } from "../../shared/schedule/index.ts";
import { readAutomations } from "../../supervisor/automations.ts";
import { answerOnce } from "../chat/answer.ts";
import { openAgent } from "../chat/open-agent.ts";
import type { Context } from "../context.ts";
import { CommandFailed, WrongUsage } from "../failures.ts";
import { readRoster } from "../processes/choose.ts";
import { makeAgent } from "../templates/make-agent.ts";
import { withLedger } from "../with-ledger.ts";
import { withLifetime } from "../with-lifetime.ts";
import { asWished, type Wishes } from "./wishes.ts";

/** What stands now: the agent, what was written, the job's name. */
export type Done = { agent: string; wrote: string[]; job: string | null };

const GREETING = "What are you here for, and what can I ask of you?";

/** Writes down what was tried. Throws what making the agent throws; nothing that was there is replaced without `force`. */
export async function carryOut(here: Context, wishes: Wishes, { force }: { force: boolean }): Promise<Done> {
  const { own, brain, job } = wishes;
  const planned = job === undefined ? undefined : understood(here, job);
  if (own !== undefined) await makeAgent(here, asWished(own), own.agent, { force });
  const set = brain?.kind === "provider" ? brain.set : brain?.kind === "offline" ? OFFLINE : {};
  const before = loadDotEnv();
  for (const [name, value] of Object.entries(set)) if (value !== before[name]) setInDotEnv(name, value);
  if (planned !== undefined) {
    const { name, added } = planned;
    const isNew = await withLedger(here, { create: true }, (ledger) => ledger.jobs.add(name, added));
    if (!isNew) here.note(`There is a job ${name} already; it stays as it is.`);
  }
  const agent = own?.agent ?? firstAgent();
  return { agent, wrote: Object.keys(set).filter((name) => set[name] !== undefined), job: planned?.name ?? null };
}

/** No chain is the offline model. */
const OFFLINE: Record<string, string | undefined> = { KAOS_STANDARD_CHAIN: undefined, KAOS_LITE_CHAIN: undefined };

/** When and what, or WrongUsage with what would be understood. */
export function understood(here: Context, job: string): { name: string; added: string } {
  const { timeZone } = readAutomations(here.home.automations);
  const read = readWords(job, timeZone, here.clock.now());
  if (!read.understood) throw new WrongUsage(`The job was not understood: ${read.because}.`);
  const { text, schedule } = read;
  return { name: nameFor(text), added: writeAdded({ text, timeZone, schedule }) };
}

/** `here` is read anew, so that what was written counts. */
export async function firstAnswer(
  here: Context,
  { agent, question, json }: { agent: string; question: string | undefined; json: Done | undefined },
): Promise<void> {
  const asked = question ?? GREETING;
  here.note(`\n${here.paint.bold("you")} › ${asked}`);
  await withLifetime(async (lifetime) => {
    const opened = await openAgent(here, agent, lifetime);
    const one = opened.chat(`first.${secret(6)}`);
    await answerOnce((listening) => one.say(asked, listening), here, {
      name: agent,
      json: json !== undefined,
      more: { ...json },
    });
  });
}

function firstAgent(): string {
  const [first] = readRoster().agents;
  if (first === undefined) throw new CommandFailed("There is no agent. `kaos init atlas` makes one.");
  return readRoster().agents.find(({ name }) => name === "kronos")?.name ?? first.name;
}
