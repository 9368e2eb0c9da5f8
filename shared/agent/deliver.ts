/** The outbox worker of one account: the only code that sends, and it passes every text through the output validator. */
import { type Clock, type Log, messageOf, OperationalError } from "../base/index.ts";
import type { Ledger, Parcel } from "../ledger/index.ts";
import type { Delivery, Transport } from "../transport/index.ts";
import { saidByAgents } from "./said-before.ts";

type Deps = {
  agent: string;
  ledger: Ledger;
  clock: Clock;
  log: Log;
  transportOf(room: string): Transport | undefined;
  /** The output validator: what may leave of this text, after these have left for the same room. */
  validate(text: string, before: readonly string[]): string;
};

/** Failed tries of one part before the reply counts as failed. */
const ATTEMPTS_MAX = 8;
const BACK_OFF_MS = 2_000;
const BACK_OFF_MAX_MS = 5 * 60_000;
/** With nothing to send and no change, it looks again after this. */
const IDLE_MS = 30_000;

/** Sends what stands in the outbox until the signal says stop. */
export async function deliver(
  { agent, ledger, clock, log, transportOf, validate }: Deps,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const seen = ledger.changes.version();
    // Looking is a read; only what is due takes the write lock.
    const dueInMs = (await ledger.outbox.nextDue(agent)) - clock.now();
    const parcel = dueInMs <= 0 ? await ledger.outbox.take(agent) : undefined;
    if (parcel !== undefined) await settle(parcel, await send(parcel));
    else await ledger.changes.past(seen, { signal, atMostMs: Math.max(1, Math.min(IDLE_MS, dueInMs)) });
  }

  async function send(parcel: Parcel): Promise<Delivery> {
    const transport = transportOf(parcel.room);
    if (transport === undefined) {
      return { kind: "later", afterMs: BACK_OFF_MAX_MS, because: `no transport of ${agent} serves ${parcel.room}` };
    }
    try {
      const text = validate(parcel.text, await sentBefore(ledger, parcel));
      return await transport.send({ ...parcel, text });
    } catch (error) {
      if (!(error instanceof OperationalError)) throw error;
      return { kind: "later", afterMs: 0, because: messageOf(error) };
    }
  }

  async function settle(parcel: Parcel, delivery: Delivery): Promise<void> {
    switch (delivery.kind) {
      case "sent":
        return ledger.outbox.sent(parcel.id, delivery.messageId);
      case "never":
        log.warn("parcel refused", { parcel: parcel.id, because: delivery.because });
        return ledger.outbox.fail(parcel.id, delivery.because);
      case "later":
        return again(parcel, delivery);
    }
  }

  /** A wait that was asked for is obeyed however often it comes: the message is not lost for it. */
  async function again(
    { id, attempts }: Parcel,
    { asked, because, ...delivery }: Extract<Delivery, { kind: "later" }>,
  ): Promise<void> {
    const afterMs = Math.ceil(asked ? delivery.afterMs : Math.max(delivery.afterMs, backOff(attempts)));
    log.info("parcel delayed", { parcel: id, because, afterMs });
    if (asked) return ledger.outbox.postpone(id, clock.now() + afterMs, because);
    if (attempts < ATTEMPTS_MAX) return ledger.outbox.retry(id, clock.now() + afterMs, because);
    return ledger.outbox.fail(id, `not delivered in ${ATTEMPTS_MAX} tries: ${because}`);
  }
}

/** What agents said in the room last, and the parts of the same reply that have just left. */
async function sentBefore(ledger: Ledger, { room, claim, part }: Parcel): Promise<string[]> {
  const parts = claim === null ? [] : (await ledger.outbox.ofClaim(claim)).filter((one) => one.part < part);
  const texts = [...(await saidByAgents(ledger, room)), ...parts.map(({ text }) => text)];
  return texts.filter((text, at) => texts.lastIndexOf(text) === at);
}

function backOff(attempts: number): number {
  return Math.min(BACK_OFF_MAX_MS, BACK_OFF_MS * 2 ** (attempts - 1));
}
