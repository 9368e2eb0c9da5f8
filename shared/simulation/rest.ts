/** When a world has come to rest: everything that was said is in the ledger, and nobody owes an outcome. */
import type { Database } from "../sqlite/index.ts";
import type { Chat } from "./chat.ts";
import type { VirtualClock } from "./clock.ts";
import { countMissing } from "./history.ts";

/** After the last message the storm ends; the swarm comes to rest within this, or what is missing is a violation. */
const REST_MAX_MS = 60 * 60_000;
const LOOK_EVERY_MS = 10_000;

type Deps = { clock: VirtualClock; chat: Chat; db: Database; left: ReadonlySet<string>; present(): readonly string[] };

/** Resolves when the world rests, or when it has had long enough to. */
export async function comesToRest({ clock, chat, db, left, present }: Deps): Promise<void> {
  const underWay = db
    .prepare<[], number>("SELECT EXISTS (SELECT 1 FROM claims WHERE state IN ('placed', 'holding', 'expired'))")
    .pluck();
  const up = db.prepare<[], string>("SELECT name FROM agents WHERE state = 'up'").pluck();
  // One that froze before it arrived owes everything, and the roster does not know it yet.
  const someoneIsMissing = () => {
    const arrived = new Set(up.all());
    return present().some((name) => !arrived.has(name));
  };
  const recorded = db.prepare<[], { id: string; text: string }>("SELECT message_id AS id, text FROM messages");
  const heardAll = () => {
    const known = new Map(recorded.all().map(({ id, text }) => [id, text]));
    return chat.visible.every(({ messageId, deleted, texts }) => deleted || known.get(messageId) === texts.at(-1));
  };
  const until = clock.elapsed() + REST_MAX_MS;
  // A disk that is full or a ledger that is locked now is so for some seconds more.
  do await clock.sleep(LOOK_EVERY_MS);
  while (
    clock.elapsed() < until &&
    (chat.underWay > 0 || underWay.get() === 1 || someoneIsMissing() || countMissing(db, left) > 0 || !heardAll())
  );
}
