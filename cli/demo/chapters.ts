/** The chapters of the story: what each shows, what is said in it, and how one sees that it has come true. */

import { readFileSync } from "node:fs";
import { watch } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Home } from "../../shared/config/index.ts";
import { IMPLICIT_REPLIES_MAX, type Ledger, type Message } from "../../shared/ledger/index.ts";
import { type Cast, MORTAL } from "./cast.ts";
import type { Listener } from "./listen.ts";
import type { Narrator } from "./narrate.ts";
import { effectsOf } from "./tool-calls.ts";

/** What a chapter is told with. */
export type Told = Listener & {
  ledger: Ledger;
  home: Home;
  cast: Cast;
  narrator: Narrator;
  signal: AbortSignal;
  /** Says what has been seen to be so. */
  fact(text: string): void;
};

export type Chapter = {
  name: string;
  /** What to watch for. */
  shows: string;
  /** Whether it came out as it should. */
  tell(told: Told): Promise<boolean>;
};

/** Said twice, so that the night has something to tidy. */
const KEPT = ["the launch is on 14 March at noon", "the launch is on 14 March, at noon"];
const FILE = { name: "launch.md", text: "Launch on 14 March. The restore is rehearsed first." };

/** One has an owner among the six; of the other two see something. */
const QUESTIONS = [
  "We have two weeks and one engineer. What first: the importer or the onboarding?",
  "Our page gets 4,000 visits a week and nobody signs up. Is it the text or the price?",
];

export const chapters: readonly Chapter[] = [
  {
    name: "remembers",
    shows: "It remembers what you tell it, also when you tell it twice",
    async tell(told) {
      for (const fact of KEPT) await told.untilQuiet(await told.say(`@kronos remember that ${fact}`));
      return effectsOf(told.home, "kronos", "remember").outcomes === KEPT.length;
    },
  },
  {
    name: "recalls",
    shows: "It recalls it when it matters",
    async tell(told) {
      const root = await told.say("@kronos what do you know about the launch?");
      await told.untilQuiet(root);
      return (await answersTo(told, root)).some((text) => text.includes("14 March"));
    },
  },
  {
    name: "calculates",
    shows: "It calculates with a tool instead of guessing",
    async tell(told) {
      const root = await told.say("@nexus how much is 15 % of 2,400?");
      await told.untilQuiet(root);
      return (await answersTo(told, root)).some((text) => text.includes("360"));
    },
  },
  {
    name: "asks",
    shows: "It asks before it touches a file: policy.yaml of this home says so",
    async tell(told) {
      const root = await told.say(`@${MORTAL} save "${FILE.text}" to ${FILE.name}`);
      await told.untilQuiet(root);
      const [asked] = await told.ledger.approvals.pending();
      return asked?.tool === "write-file" && effectsOf(told.home, MORTAL, "write-file").intents === 0;
    },
  },
  {
    name: "resumes",
    shows: `You allow it, and ${MORTAL} is killed in the middle of the turn`,
    async tell(told) {
      const { ledger, home, cast, fact } = told;
      const [asked] = await ledger.approvals.pending();
      if (asked?.message == null) return false;
      const root = await ledger.messages.get(asked.message);
      if (root === undefined) return false;
      const before = (await answersTo(told, root)).length;
      await ledger.approvals.decide(asked.id, { granted: true, by: "you" });
      await told.until(async () => true);
      await untilWritten(told);
      const killed = await cast.kill();
      const early = (await answersTo(told, root)).length > before;
      fact(`The file is written and the answer is not: SIGKILL to ${MORTAL}, process ${killed}.`);
      fact(`A new ${MORTAL}, process ${await cast.restart()}, finds the turn where it stopped.`);
      await told.until(async () => (await answersTo(told, root)).length > before);
      await told.untilQuiet(root);
      const { intents, outcomes } = effectsOf(home, MORTAL, "write-file");
      fact(
        `${intents} intent and ${outcomes} outcome in the audit log: the file was written once, and answered for once.`,
      );
      return !early && intents === 1 && outcomes === 1 && written(home) === FILE.text;
    },
  },
  {
    name: "tidies",
    shows: "At night each agent tidies its own memory: sleep-compute, run now",
    async tell({ ledger, until, fact }) {
      const dueAt = await ledger.occurrences.ask("sleep-compute", "run", "you");
      const row = () => ledger.occurrences.get("sleep-compute", dueAt);
      await until(async () => (await row())?.endedAt != null);
      const ended = await row();
      fact(`sleep-compute ${ended?.state}: ${ended?.because}`);
      return ended?.state === "ran";
    },
  },
  {
    name: "arbitrates",
    shows: "Six personas and nobody addressed: who judges, bids, waits, answers, holds back",
    async tell(told) {
      let held = true;
      for (const question of QUESTIONS) {
        const root = await told.say(question);
        await told.untilQuiet(root);
        const claims = await told.ledger.claims.ofRoot(root.seq);
        const volunteers = claims.filter(({ tier, state }) => tier > 1 && state === "sent").length;
        held &&= volunteers >= 1 && volunteers <= IMPLICIT_REPLIES_MAX;
      }
      return held;
    },
  },
];

async function answersTo({ ledger }: Told, { seq }: Message): Promise<string[]> {
  const thread = await ledger.messages.thread(seq);
  return thread.filter(({ sender }) => sender.kind === "agent").map(({ text }) => text);
}

/** Until the audit log says that the tool has done its work; the answer is not spoken by then. */
async function untilWritten({ home, signal }: Told): Promise<void> {
  const log = home.agent(MORTAL).audit;
  const done = () => effectsOf(home, MORTAL, "write-file").outcomes > 0;
  const changes = watch(dirname(log), { signal });
  if (done()) return;
  for await (const _ of changes) if (done()) return;
}

function written(home: Home): string {
  return readFileSync(join(home.agent(MORTAL).workspace, FILE.name), "utf8");
}
