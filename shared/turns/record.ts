/** The record of one turn while it runs: what it has kept, and keeping more. */
import { type Clock, OperationalError } from "../base/index.ts";
import {
  type CallOutcome,
  type KeptCall,
  type KeptStep,
  sameness,
  type ToolCall,
  type TurnRecord,
} from "../engine/index.ts";
import type { Atomic, Database } from "../sqlite/index.ts";
import { type CallRow, callOf, type Row, type StepRow, stepOf } from "./rows.ts";

/**
 * How long a turn is held without a sign of life from whoever runs it. Every step and call is one; the longest silence in
 * between is one completion or one call. Signs that come sooner after each other are written down once.
 */
export const LEASE_MS = 10 * 60_000;
const SIGN_OF_LIFE_MS = 60_000;
/** Turns that a fork goes back to, one forked from the other. */
const ORIGINS_MAX = 20;

/** Outcomes of calls that did not run. */
const NOT_RUN: ReadonlySet<CallOutcome["kind"]> = new Set(["unknown tool", "bad arguments", "refused", "waiting"]);

/** Another life of the same turn has begun: this one may begin nothing more. */
class TurnTakenOver extends OperationalError {
  override readonly name = "TurnTakenOver";
}

type Deps = {
  db: Database;
  /** The same file on a connection whose commits are forced to the disk. */
  sure: Database;
  write: Atomic["write"];
  writeSurely: Atomic["write"];
  clock: Clock;
  /** Who holds turns through this opening of the file. */
  holder: string;
};

/** Makes the record of a turn that was begun by this holder. */
export function createRecords({ db, sure, write, writeSurely, clock, holder }: Deps): (turn: Row) => TurnRecord {
  const hold = db.prepare("UPDATE turns SET lease_until = ? WHERE id = ? AND holder = ?");
  /** Holds it for this life alone. */
  const holdAs = sure.prepare("UPDATE turns SET lease_until = ? WHERE id = ? AND holder = ? AND lives = ?");
  const after = db.prepare<[string, number, string], CallRow>(
    "SELECT * FROM calls WHERE turn = ? AND step > ? AND tool = ? ORDER BY step, at",
  );
  const get = db.prepare<[string], Row>("SELECT * FROM turns WHERE id = ?");
  const steps = db.prepare<[string], StepRow>("SELECT * FROM steps WHERE turn = ? ORDER BY step");
  const calls = db.prepare<[string], CallRow>("SELECT * FROM calls WHERE turn = ? ORDER BY step, at, call");
  const keepStep = db.prepare(
    "INSERT INTO steps (turn, step, steered, completion, at) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
  );
  const begin = sure.prepare(`
    INSERT INTO calls (turn, call, step, tool, arguments, effect_key, state, at)
    VALUES (@turn, @call, @step, @tool, @arguments, @effectKey, 'begun', @now) ON CONFLICT DO NOTHING
  `);
  const endCall = db.prepare(`
    INSERT INTO calls (turn, call, step, tool, arguments, effect_key, state, outcome, passed, at)
    VALUES (@turn, @call, @step, @tool, @arguments, '', 'ended', @outcome, @passed, @now)
    ON CONFLICT (turn, call) DO UPDATE SET state = 'ended', outcome = @outcome, passed = @passed
  `);

  /** What the turns that this one goes back to did after it left them. */
  const elsewhere = (id: string, tool: string, same: string): KeptCall | undefined => {
    let turn = get.get(id);
    for (let origins = 0; origins < ORIGINS_MAX && turn?.forked_from != null; origins++) {
      const done = after.all(turn.forked_from, turn.forked_at ?? 0, tool);
      const found = done.findLast((call) => sameness({ id: "", tool, arguments: call.arguments }) === same);
      // What did not run there had no effect.
      const kept = found === undefined ? undefined : callOf(found);
      if (kept?.state === "begun" || (kept?.state === "ended" && !NOT_RUN.has(kept.outcome.kind))) return kept;
      turn = get.get(turn.forked_from);
    }
    return undefined;
  };

  return ({ id, lives, forked_from }) => {
    const keptSteps = new Map(steps.all(id).map((row) => [row.step, stepOf(row)]));
    const keptCalls = new Map(calls.all(id).map((row) => [row.call, callOf(row)]));
    let heldAt = clock.now();
    /** Whatever is written is a sign of life. */
    const keep = <Args extends unknown[]>(step: (...args: Args) => void) =>
      write((...args: Args) => {
        step(...args);
        const now = clock.now();
        if (Math.abs(now - heldAt) < SIGN_OF_LIFE_MS) return;
        hold.run(now + LEASE_MS, id, holder);
        heldAt = now;
      });
    return {
      step: (step) => keptSteps.get(step),
      ...(forked_from === null ? {} : { elsewhere: (tool, same) => elsewhere(id, tool, same) }),
      keepStep: keep((step: number, { steered, completion }: KeptStep) => {
        keepStep.run(id, step, JSON.stringify(steered), JSON.stringify(completion), clock.now());
      }),
      call: (callId) => keptCalls.get(callId),
      begin: writeSurely((step: number, call: ToolCall, effectKey: string) => {
        const now = clock.now();
        if (holdAs.run(now + LEASE_MS, id, holder, lives).changes === 0)
          throw new TurnTakenOver(`the turn "${id}" goes on elsewhere`);
        begin.run({ turn: id, call: call.id, step, tool: call.tool, arguments: call.arguments, effectKey, now });
      }),
      end: keep((step: number, call: ToolCall, outcome: CallOutcome, passed: boolean) => {
        endCall.run({
          turn: id,
          call: call.id,
          step,
          tool: call.tool,
          arguments: call.arguments,
          outcome: JSON.stringify(outcome),
          passed: passed ? 1 : 0,
          now: clock.now(),
        });
      }),
    };
  };
}
