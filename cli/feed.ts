/** What happens in the ledger, as it happens. */
import type { Ledger, LedgerEvent } from "../shared/ledger/index.ts";

const PAGE = 200;
const LOOK_AGAIN_MS = 1_000;

/** Every event after this id, in order, until the signal says stop. */
export async function* feed(ledger: Ledger, from: number, signal: AbortSignal): AsyncGenerator<LedgerEvent> {
  let last = from;
  while (!signal.aborted) {
    const seen = ledger.changes.version();
    const events = await ledger.events.since(last, PAGE);
    for (const event of events) {
      if (signal.aborted) return;
      yield event;
      last = event.id;
    }
    if (events.length === 0) await ledger.changes.past(seen, { signal, atMostMs: LOOK_AGAIN_MS });
  }
}
