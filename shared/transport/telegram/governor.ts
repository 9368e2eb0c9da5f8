/** How fast an account may write: its own buckets, and what Telegram told it. What was told is kept, so that a restart obeys it too. */
import type { Clock } from "../../base/index.ts";

/** A wait that Telegram asked for. The ledger keeps it. */
type Wait = { account: string; what: string; until: number; because: string };

/** Where waits are kept over restarts. */
export interface FloodStore {
  note(wait: Wait): Promise<void>;
  of(account: string): Promise<(Wait & { waits: number })[]>;
}

export type Admission = { kind: "go" } | { kind: "wait"; ms: number; because: string; asked: boolean };

export interface Governor {
  /** Whether a message may go into this room now; `go` uses up a token of each bucket. */
  admit(room: string): Promise<Admission>;
  /** Telegram asked to wait: with everything, or in this room alone. */
  toldToWait(of: "account" | "room", room: string, ms: number, because: string): Promise<void>;
}

/** Messages of one account in one room: at most one in three seconds in the long run, three at once. */
const ROOM_EVERY_MS = 3_000;
const ROOM_BURST = 3;
/** Messages of one account everywhere: Telegram publishes no limit; 20 a minute is what it grants a bot in a group. */
const ACCOUNT_EVERY_MS = 3_000;
const ACCOUNT_BURST = 5;
/** After so many waits in a row an account writes this much slower at most: each wait doubles the pause between messages. */
const SLOWER_MAX = 8;
/** Clocks differ, and a second too early costs another wait. */
const MARGIN_MS = 500;

type Deps = {
  /** `telegram:<account id>`. */
  account: string;
  store: FloodStore;
  clock: Clock;
  /** Factor on the pauses between messages; 0 for tests. What Telegram asks for is never shortened. */
  pace: number;
};

export function createGovernor({ account, store, clock, pace }: Deps): Governor {
  const rooms = new Map<string, Bucket>();
  const everywhere = createBucket(ACCOUNT_BURST, clock.now());

  return {
    async admit(room) {
      const now = clock.now();
      const told = await store.of(account);
      const waiting = told
        .filter(({ what, until }) => until > now && (what === "send" || what === `send ${room}`))
        .sort((a, b) => b.until - a.until)[0];
      if (waiting !== undefined)
        return { kind: "wait", ms: waiting.until - now, because: waiting.because, asked: true };

      const slower = pace * Math.min(SLOWER_MAX, 2 ** Math.max(0, ...told.map(({ waits }) => waits)));
      const bucket = rooms.get(room) ?? createBucket(ROOM_BURST, now);
      rooms.set(room, bucket);
      const ms = Math.max(
        bucket.waitMs(now, ROOM_EVERY_MS * slower),
        everywhere.waitMs(now, ACCOUNT_EVERY_MS * slower),
      );
      if (ms > 0) return { kind: "wait", ms, because: "the account has just written a lot", asked: false };
      bucket.take();
      everywhere.take();
      return { kind: "go" };
    },
    toldToWait: (of, room, ms, because) =>
      store.note({
        account,
        what: of === "account" ? "send" : `send ${room}`,
        until: clock.now() + ms + MARGIN_MS,
        because,
      }),
  };
}

type Bucket = { waitMs(now: number, everyMs: number): number; take(): void };

/** A token bucket: full at first, one token more every `everyMs`. */
function createBucket(burst: number, startAt: number): Bucket {
  let tokens = burst;
  let at = startAt;
  return {
    waitMs(now, everyMs) {
      // A clock that jumped back must not take tokens away.
      const passed = Math.max(0, now - at);
      tokens = everyMs === 0 ? burst : Math.min(burst, tokens + passed / everyMs);
      at = now;
      return tokens >= 1 ? 0 : Math.ceil((1 - tokens) * everyMs);
    },
    take() {
      tokens -= 1;
    },
  };
}
