/** Reads the ledger's messages in order and attends to each, many at a time; a restart goes on where the rows stand. */
import { type Clock, type Log, messageOf, OperationalError } from "../base/index.ts";
import type { Claim, Ledger, Message } from "../ledger/index.ts";

type Deps = {
  agent: string;
  ledger: Ledger;
  clock: Clock;
  log: Log;
  attend(message: Message, signal: AbortSignal): Promise<void>;
  /** Goes on with a claim of this agent's former life. */
  goOn(claim: Claim, message: Message, signal: AbortSignal): Promise<void>;
};

/** Messages that an agent has under way at a time; more wait in the ledger. */
const UNDER_WAY_MAX = 256;
const PAGE = 64;
const IDLE_MS = 30_000;
/** After a failure of the world (a busy ledger, a full disk) the same message is tried again after this. */
const AGAIN_MS = 1_000;

/** Pumps until the signal says stop. Rejects with what is a bug; failures of the world are tried again, so that nothing is lost. */
export async function pump({ agent, ledger, clock, log, attend, goOn }: Deps, stop: AbortSignal): Promise<void> {
  const broken = new AbortController();
  const signal = AbortSignal.any([stop, broken.signal]);
  const underWay = new Map<number, Promise<void>>();
  const roster = await ledger.agents.roster();
  let cursor = roster.find(({ name }) => name === agent)?.cursor ?? 0;
  let read = cursor;
  const decided = await ledger.outcomes.decided(agent, cursor);

  for (const claim of await ledger.claims.open(agent)) if (claim.state !== "delivering") await goOnWith(claim);
  while (!signal.aborted) {
    const seen = ledger.changes.version();
    const room = UNDER_WAY_MAX - underWay.size;
    const fresh = room > 0 ? await ledger.messages.after(read, Math.min(PAGE, room)) : [];
    for (const message of fresh) {
      read = message.seq;
      if (!decided.delete(message.seq)) begin(message.seq, () => attend(message, signal));
    }
    await moveCursor();
    if (fresh.length > 0) continue;
    await resume();
    const oneEnds = room > 0 ? [] : [...underWay.values()];
    await Promise.race([...oneEnds, ledger.changes.past(seen, { signal, atMostMs: IDLE_MS })]);
  }
  await Promise.allSettled(underWay.values());
  if (broken.signal.aborted) throw broken.signal.reason;

  /** A delivery that others gave up while this process was frozen: nobody else places its claim again. */
  async function resume(): Promise<void> {
    for (const claim of await ledger.claims.open(agent)) {
      if (claim.state === "expired" && !underWay.has(claim.message)) await goOnWith(claim);
    }
  }

  async function goOnWith(claim: Claim): Promise<void> {
    const message = await ledger.messages.get(claim.message);
    if (message !== undefined) begin(message.seq, () => goOn(claim, message, signal));
  }

  function begin(seq: number, task: () => Promise<void>): void {
    const work = persist(task)
      .catch((error: unknown) => {
        if (!signal.aborted) broken.abort(error);
      })
      .finally(() => {
        // What was told to stop is not dealt with: the cursor must not pass it, the next life takes it up.
        if (!signal.aborted) underWay.delete(seq);
      });
    underWay.set(seq, work);
  }

  async function persist(task: () => Promise<void>): Promise<void> {
    while (!signal.aborted) {
      try {
        return await task();
      } catch (error) {
        if (!(error instanceof OperationalError)) throw error;
        log.error("message will be tried again", { because: messageOf(error) });
        await clock.sleep(AGAIN_MS, signal);
      }
    }
  }

  /** Everything below the oldest message under way is dealt with. */
  async function moveCursor(): Promise<void> {
    const done = underWay.size === 0 ? read : Math.min(...underWay.keys()) - 1;
    if (done <= cursor) return;
    cursor = done;
    await ledger.agents.moveCursor(agent, done);
  }
}
