/** Plays the script: says a line, tells what comes of it, and goes on when everybody is done with it. */
import { type Clock, isAbort } from "../../shared/base/index.ts";
import type { Ledger, Message } from "../../shared/ledger/index.ts";
import { feed } from "../feed.ts";
import { post } from "../room/post.ts";
import { isQuiet } from "./count.ts";
import type { Narrator } from "./narrate.ts";
import type { Scene } from "./script.ts";

type Playing = {
  ledger: Ledger;
  clock: Clock;
  narrator: Narrator;
  script: readonly Scene[];
  /** Between one message's end and the next: for a person who reads along. */
  pauseMs: number;
  signal: AbortSignal;
};

/** A story takes half a minute; a busy machine gets some more, and then what is missing is counted. */
const STORY_MAX_MS = 150_000;

/** Returns the last event that was told. Rejects with an AbortError when told to stop. */
export async function play({ ledger, clock, narrator, script, pauseMs, signal }: Playing): Promise<number> {
  let last = await ledger.events.last();
  const scenes = [...script];
  let root: Message | undefined;
  const next = async () => {
    const scene = scenes.shift();
    root = undefined;
    if (scene === undefined) return;
    if (scene !== script[0]) await clock.sleep(pauseMs, signal);
    narrator.announce(scene.shows);
    root = await ledger.messages.get(await post(ledger, clock, scene.says));
  };
  const tooLong = AbortSignal.timeout(STORY_MAX_MS);
  await next();
  for await (const event of feed(ledger, last, AbortSignal.any([signal, tooLong]))) {
    last = event.id;
    await narrator.tell(event);
    if (root === undefined || !(await isQuiet(ledger, root)) || (await ledger.events.last()) > last) continue;
    narrator.tellDeclined(root.seq);
    await next();
    if (root === undefined) return last;
  }
  signal.throwIfAborted();
  return last;
}

type GoingOn = { ledger: Ledger; narrator: Narrator; from: number; signal: AbortSignal; runs(): Promise<boolean> };

const LOOK_EVERY_MS = 2_000;

/** Goes on telling, for a person who writes to the swarm, until the signal says stop or nothing runs any more. */
export async function goOnTelling({ ledger, narrator, from, signal, runs }: GoingOn, clock: Clock): Promise<void> {
  const ending = new AbortController();
  const telling = AbortSignal.any([signal, ending.signal]);
  const watching = (async () => {
    while (!telling.aborted) {
      await clock.sleep(LOOK_EVERY_MS, telling);
      if (!(await runs())) ending.abort();
    }
  })().catch((error: unknown) => {
    if (!isAbort(error)) throw error;
  });
  for await (const event of feed(ledger, from, telling)) {
    await narrator.tell(event);
    if (event.kind !== "outcome" || event.message === null) continue;
    const message = await ledger.messages.get(event.message);
    if (message !== undefined && (await isQuiet(ledger, message))) narrator.tellDeclined(message.seq);
  }
  await watching;
}
