/** A real ledger on a real file in a temporary folder, with a clock that the test owns. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Sqlite from "better-sqlite3";
import type { Clock } from "../../shared/base/index.ts";
import { type AgentCard, type Heard, type Ledger, openLedger } from "../../shared/ledger/index.ts";

/** A clock that stands still until the test moves it; sleeping is not for these tests. */
export type StandingClock = Clock & { tick(ms: number): void };

export function standingClock(startMs = Date.UTC(2026, 0, 5, 9)): StandingClock {
  let now = startMs;
  return {
    now: () => now,
    sleep: () => Promise.reject(new Error("this test does not sleep")),
    tick: (ms) => {
      now += ms;
    },
  };
}

export async function openTestLedger(
  clock: Clock = standingClock(),
): Promise<{ ledger: Ledger; path: string; close(): void }> {
  const folder = mkdtempSync(join(tmpdir(), "kaos-ledger-"));
  const path = join(folder, "swarm.db");
  const ledger = await openLedger({ path, clock, durability: "off" });
  return {
    ledger,
    path,
    close() {
      ledger.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** What is set aside in this ledger and not booked, in dollars. */
export function reservedIn(path: string): number {
  const db = new Sqlite(path, { readonly: true });
  const usd = db.prepare<[], number>("SELECT coalesce(sum(usd), 0) FROM reservations").pluck().get();
  db.close();
  return usd ?? 0;
}

export function card(name: string, more: Partial<AgentCard> = {}): AgentCard {
  return {
    name,
    role: `role of ${name}`,
    aliases: [name],
    owns: [],
    keywords: [],
    username: null,
    accountId: null,
    escalatesTo: null,
    slaMinutes: 15,
    ...more,
  };
}

let messageIds = 0;

export function said(text: string, more: Partial<Heard> = {}): Heard {
  return {
    room: "room:main",
    messageId: `m${++messageIds}`,
    topic: null,
    sender: { kind: "owner", id: "owner", name: "you" },
    text,
    replyTo: null,
    saidAt: 0,
    ...more,
  };
}
