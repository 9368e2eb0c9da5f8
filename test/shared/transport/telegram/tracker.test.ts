import fc from "fast-check";
import { expect, test } from "vitest";
import { silentLog } from "../../../../shared/base/index.ts";
import type { News, Position, Post, Update } from "../../../../shared/transport/telegram/port.ts";
import { createQueue } from "../../../../shared/transport/telegram/queue.ts";
import { createTracker, placeOf } from "../../../../shared/transport/telegram/tracker.ts";

const CHANNEL = "100";

test("an update is known, the next, or early", () => {
  expect(placeOf(10, { pts: 10, count: 1 })).toBe("known");
  expect(placeOf(10, { pts: 11, count: 1 })).toBe("next");
  expect(placeOf(10, { pts: 13, count: 3 })).toBe("next");
  expect(placeOf(10, { pts: 13, count: 2 })).toBe("early");
});

const post = (id: number): Post => ({
  id,
  peer: { kind: "channel", id: CHANNEL },
  from: { kind: "user", id: "1", username: null, name: "Anna" },
  out: false,
  saidAt: 0,
  forwarded: undefined,
  text: String(id),
  emphasis: [],
  reply: undefined,
  album: undefined,
  attachment: undefined,
  service: false,
});

/** A channel with so many posts, whose difference tells what is asked for, two at a time. */
function play(total: number) {
  const told: number[] = [];
  const kept: number[] = [];
  const position: Position = { pts: 1, qts: 0, date: 0, channels: { [CHANNEL]: 0 }, lastId: 0 };
  const queue = createQueue();
  const newsOf = (id: number): News => ({ kind: "posted", post: post(id) });
  const tracker = createTracker({
    port: {
      difference: async (from) => ({ news: [], position: from, behind: [], complete: true }),
      async channelDifference(_, pts) {
        const next = Math.min(total, pts + 2);
        const news = Array.from({ length: next - pts }, (_each, at) => newsOf(pts + at + 1));
        return { news, pts: next, complete: next === total, hole: false };
      },
      history: async () => [],
    },
    channel: CHANNEL,
    position,
    queue,
    async handOn(news) {
      if (news.kind === "posted") told.push(news.post.id);
    },
    keep: ({ channels }) => void kept.push(channels[CHANNEL] ?? 0),
    clock: { now: () => 0, sleep: async () => {} },
    log: silentLog,
    signal: new AbortController().signal,
  });
  const pushed = (id: number): Update => ({ box: CHANNEL, pts: id, count: 1, news: newsOf(id) });
  return { tracker, pushed, told, kept, position };
}

test("whatever is lost, repeated or out of order: everything is told once, in order, and the position never goes back", async () => {
  const pushes = fc.array(fc.integer({ min: 1, max: 20 }), { maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(pushes, async (ids) => {
      const { tracker, pushed, told, kept } = play(20);
      for (const id of ids) tracker.feed(pushed(id));
      await tracker.catchUp();
      expect(told).toEqual(Array.from({ length: 20 }, (_, at) => at + 1));
      expect(kept).toEqual([...kept].sort((a, b) => a - b));
    }),
  );
});

test("what happens in other groups is not followed", async () => {
  const { tracker, told, position } = play(0);
  tracker.feed({ box: "200", pts: 7, count: 1, news: { kind: "posted", post: post(7) } });
  tracker.feed({ behind: "200" });
  await tracker.catchUp();
  expect([told, position.channels]).toEqual([[], { [CHANNEL]: 0 }]);
});
