/** What can go wrong on purpose: with the next calls of a method, or with the next updates of an account. */
import type { Account } from "./world/model.ts";

export type CallFault = {
  /** As the library calls it, `messages.SendMessage`. */
  method: string;
  /** Anybody's call when left out. */
  account?: Account;
  /** So many calls go well first. */
  skip?: number;
  /** How many calls it meets; 1 when left out. */
  times?: number;
} & (
  | { error: string; code?: number }
  /** The line is cut before the call is handled, or after it took effect and before its answer. */
  | { cut: "before" | "after" }
  | { delayMs: number }
  /** It is never answered: without any effect, or after it took effect. */
  | { hang: true | "after" }
);

export type PushFault = {
  account: Account;
  times?: number;
  /** Never sent; sent two times; sent after the one that follows it; "there was too much, ask for the difference"; bytes that mean nothing. */
  how: "lose" | "twice" | "swap" | "too long" | "garbled";
};

export type Faults = {
  /** Returns what ends it early. Throws when there is no such method. */
  call(fault: CallFault): () => void;
  /** Concerns only what a client can ask for again: messages, edits, deletions. */
  pushes(fault: PushFault): () => void;
  takeCall(method: string, account: Account | null): CallFault | undefined;
  takePush(account: Account): PushFault["how"] | undefined;
};

export function createFaults(isMethod: (name: string) => boolean): Faults {
  const calls = new Set<CallFault & { skip: number; times: number }>();
  const pushes = new Set<PushFault & { times: number }>();

  function use<Fault extends { times: number }>(fault: Fault, all: Set<Fault>): Fault {
    fault.times -= 1;
    if (fault.times <= 0) all.delete(fault);
    return fault;
  }

  return {
    call(fault) {
      if (!isMethod(fault.method)) throw new Error(`the server has no method ${fault.method}`);
      const planned = { skip: 0, times: 1, ...fault };
      calls.add(planned);
      return () => void calls.delete(planned);
    },
    pushes(fault) {
      const planned = { times: 1, ...fault };
      pushes.add(planned);
      return () => void pushes.delete(planned);
    },
    takeCall(method, account) {
      for (const fault of calls) {
        if (fault.method !== method || (fault.account && fault.account !== account)) continue;
        if (fault.skip === 0) return use(fault, calls);
        fault.skip -= 1;
      }
      return undefined;
    },
    takePush(account) {
      for (const fault of pushes) if (fault.account === account) return use(fault, pushes).how;
      return undefined;
    },
  };
}
