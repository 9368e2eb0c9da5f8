/** What a turn has done so far, kept before it acts, so that a killed process goes on without doing anything twice (I8). */
import type { CallOutcome } from "./journal.ts";
import type { Completion, Entry, ToolCall } from "./model.ts";

/** One step as it was kept: what was said meanwhile, and what the model answered. */
export type KeptStep = { steered: readonly Entry[]; completion: Completion };

/** A call as it was kept: begun, or ended with this outcome. */
export type KeptCall = { state: "begun" } | { state: "ended"; outcome: CallOutcome; passed: boolean };

/** The record of one turn. The turns module implements it; a turn without one begins anew after an interruption. */
export interface TurnRecord {
  /** What a former life of this turn got in this step, from 1. */
  step(step: number): KeptStep | undefined;
  keepStep(step: number, kept: KeptStep): Promise<void>;
  /** What a former life did about this call. */
  call(callId: string): KeptCall | undefined;
  /**
   * For a turn that was forked from another: what that one did after the fork with the same arguments, which is not done
   * again. `sameness` tells two calls that ask for the same.
   */
  elsewhere?(tool: string, sameness: string): KeptCall | undefined;
  /**
   * Resolves once it is stored that the call begins; if it rejects, the call does not run. Asked for calls with effects only:
   * another one may simply run again.
   */
  begin(step: number, call: ToolCall, effectKey: string): Promise<void>;
  end(step: number, call: ToolCall, outcome: CallOutcome, passed: boolean): Promise<void>;
}
