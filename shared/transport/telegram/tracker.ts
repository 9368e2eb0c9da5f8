/**
 * Hears everything, once and in order: counts the updates of each box, notices what is missing, and fetches it.
 * The rules are those of https://core.telegram.org/api/updates; the library below has none of them.
 */
import { type Clock, type Log, messageOf, OperationalError } from "../../base/index.ts";
import type { Behind, Difference, News, Position, Post, TelegramPort, Update } from "./port.ts";
import type { Queue } from "./queue.ts";

export interface Tracker {
  /** Something was pushed. */
  feed(update: Update | Behind): void;
  /** The answer to a request of our own told this: no push brings it. */
  absorb(updates: readonly Update[]): void;
  /** Asks for whatever was missed. Rejects when the service cannot be asked. */
  catchUp(): Promise<void>;
}

type Deps = {
  port: Pick<TelegramPort, "difference" | "channelDifference" | "history">;
  /** The supergroup that is followed; others only pass by. */
  channel: string;
  /** Where this account was; it is moved on, and kept by `keep`. */
  position: Position;
  queue: Queue;
  /** Takes one piece of news. It may come again after a restart. */
  handOn(news: News): Promise<void>;
  /** The position counts now: everything before it was handed on. */
  keep(position: Position): void;
  clock: Clock;
  log: Log;
  signal: AbortSignal;
};

/** What is out of order arrives by itself within this, or not at all. */
const GAP_MS = 500;
/** Rounds of one catch-up; each brings a hundred or more. */
const ROUNDS_MAX = 200;
/** Posts that are fetched from the history when too much happened for a difference. */
const HISTORY_MAX = 200;
const HISTORY_PAGE = 100;
/** The ledger was busy or full: what was heard is kept, and handed on again after this. */
const AGAIN_MS = 1_000;

/** Whether an update with this pts and count is the next, was heard before, or comes too early. */
export function placeOf(have: number, { pts, count }: { pts: number; count: number }): "next" | "known" | "early" {
  if (pts <= have) return "known";
  return pts - count > have ? "early" : "next";
}

export function createTracker({ port, channel, position, queue, handOn, keep, clock, log, signal }: Deps): Tracker {
  const followed = (box: string) => box === "" || box === channel;
  const ptsOf = (box: string) => (box === "" ? position.pts : (position.channels[box] ?? 0));

  function moveTo(box: string, pts: number): void {
    if (box === "") position.pts = pts;
    else position.channels[box] = pts;
    keep(position);
  }

  async function hand(news: News): Promise<void> {
    while (!signal.aborted) {
      try {
        await handOn(news);
        if (news.kind === "posted" && news.post.peer.id === channel) {
          position.lastId = Math.max(position.lastId, news.post.id);
        }
        return;
      } catch (error) {
        if (!(error instanceof OperationalError)) throw error;
        log.warn("what was heard is not recorded yet", { because: messageOf(error) });
        await clock.sleep(AGAIN_MS, signal);
      }
    }
    // Not handed on: the position must not move past it.
    signal.throwIfAborted();
  }

  async function apply({ box, pts, count, news }: Update): Promise<void> {
    if (!followed(box)) return;
    if (count === undefined) return hand(news);
    const place = placeOf(ptsOf(box), { pts, count });
    if (place === "known") return;
    if (place === "early") {
      await clock.sleep(GAP_MS, signal);
      log.info("gap", { box: box || "own", have: ptsOf(box), pts, count });
      return fetch(box);
    }
    await hand(news);
    moveTo(box, pts);
  }

  async function fetch(box: string): Promise<void> {
    if (box !== "") return channelDifference();
    await commonDifference();
  }

  async function commonDifference(): Promise<void> {
    for (let round = 0; round < ROUNDS_MAX; round++) {
      const { pts, qts, date } = position;
      const difference: Difference = await port.difference({ pts, qts, date });
      for (const news of difference.news) await hand(news);
      Object.assign(position, difference.position);
      keep(position);
      if (difference.complete) return;
    }
  }

  async function channelDifference(): Promise<void> {
    for (let round = 0; round < ROUNDS_MAX; round++) {
      const difference = await port.channelDifference(channel, ptsOf(channel));
      if (difference.hole) await fillHole(difference.news);
      for (const news of difference.news) await hand(news);
      moveTo(channel, difference.pts);
      if (difference.complete) return;
    }
  }

  /** Between the last post that was heard and the first of these, as far as it is bounded. */
  async function fillHole(news: readonly News[]): Promise<void> {
    const posts: Post[] = [];
    let before = Math.min(...news.flatMap((one) => (one.kind === "posted" ? [one.post.id] : [])));
    if (before === Number.POSITIVE_INFINITY) return;
    while (posts.length < HISTORY_MAX && before > position.lastId + 1) {
      const page = await port.history({ kind: "channel", id: channel }, { limit: HISTORY_PAGE, before });
      if (page.length === 0) break;
      posts.push(...page.filter(({ id }) => id > position.lastId));
      before = Math.min(...page.map(({ id }) => id));
    }
    if (before > position.lastId + 1) log.warn("messages were left out", { from: position.lastId + 1, to: before - 1 });
    for (const post of posts.sort((a, b) => a.id - b.id)) await hand({ kind: "posted", post });
  }

  const later = (task: () => Promise<void>) =>
    void queue.run(task).catch((error: unknown) => {
      if (signal.aborted) return;
      // The watchdog asks again within a minute.
      if (error instanceof OperationalError) log.warn("catching up failed", { because: messageOf(error) });
      else log.error("hearing failed", { error });
    });

  return {
    feed(update) {
      if ("behind" in update) {
        if (followed(update.behind)) later(() => fetch(update.behind));
      } else later(() => apply(update));
    },
    absorb(updates) {
      for (const update of updates) later(() => apply(update));
    },
    catchUp: () =>
      queue.run(async () => {
        await commonDifference();
        await channelDifference();
      }),
  };
}
