/** A journal that keeps what it is told, and fails when a call's order is wrong: an outcome without intent, or a second of either. */
import { assert } from "../../shared/base/index.ts";
import type { CallOutcome, GateDecision, Journal } from "../../shared/engine/index.ts";

export type Recorded =
  | { kind: "intent"; call: string; tool: string; decision: GateDecision }
  | { kind: "outcome"; call: string; outcome: CallOutcome };

export type RecordingJournal = Journal & { readonly recorded: readonly Recorded[] };

/** `full` makes it behave like a full disk for intents or outcomes. */
export function createRecordingJournal({ full }: { full?: "intents" | "outcomes" } = {}): RecordingJournal {
  const recorded: Recorded[] = [];
  const has = (kind: Recorded["kind"], id: string) => recorded.some((one) => one.kind === kind && one.call === id);
  const last = (id: string) => recorded.findLast(({ call }) => call === id);
  /** The last that is known of this call is that a person is asked: it may be asked for again. */
  const waits = (id: string) => {
    const known = last(id);
    return known?.kind === "outcome" && known.outcome.kind === "waiting";
  };
  const ended = (id: string) => last(id)?.kind === "outcome" && !waits(id);
  return {
    recorded,
    async intent(call, _tool, decision) {
      if (full === "intents") throw new Error("no space left on the device");
      assert(!has("intent", call.id) || waits(call.id), `call ${call.id} has one intent`);
      recorded.push({ kind: "intent", call: call.id, tool: call.tool, decision });
    },
    async outcome(call, outcome) {
      if (full === "outcomes") throw new Error("no space left on the device");
      assert(has("intent", call.id), `call ${call.id} has an intent before its outcome`);
      assert(!ended(call.id), `call ${call.id} has one outcome`);
      recorded.push({ kind: "outcome", call: call.id, outcome });
    },
  };
}
