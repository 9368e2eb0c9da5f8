/** What can go wrong with an agent's process, at any step: it dies, or it freezes and thaws. */
import type { Random } from "../base/index.ts";
import type { VirtualClock } from "./clock.ts";

/**
 * What can go wrong: processes die or freeze, the clock jumps, updates and sends go astray, the ledger is locked, its disk
 * full, models fail, people change their minds, somebody pauses the swarm, an agent is started twice, one leaves for good,
 * and the settings are other than usual.
 */
export const faultKinds = [
  "kill",
  "freeze",
  "clock",
  "delivery",
  "lock",
  "disk",
  "model",
  "edit",
  "pause",
  "twin",
  "roster",
  "settings",
] as const;
export type FaultKind = (typeof faultKinds)[number];

/** The life of one simulated process. Once dead, nothing that it waits for ever comes, so nothing of it goes on. */
export interface Mortal {
  /** Runs one step of the process; between any two steps, before and after each, it may die or freeze. */
  step<Result>(act: () => Promise<Result>): Promise<Result>;
  readonly dead: boolean;
  /** Nothing of this process goes on after this; it is no fault. */
  end(): void;
}

/** Of each moment between two steps. They are read every time, so that a world can calm down. */
export type Chances = { kill: number; freeze: number };
type Deps = {
  random: Random;
  clock: VirtualClock;
  chances: Chances;
  freezeMs: readonly [number, number];
  onDeath(): void;
  onFreeze(): void;
};

export function createMortal({ random, clock, chances, freezeMs, onDeath, onFreeze }: Deps): Mortal {
  let dead = false;
  let frozenUntil = 0;
  const never = new Promise<never>(() => {});

  function kill(): void {
    if (dead) return;
    dead = true;
    onDeath();
  }

  /** A moment between two steps; undefined when nothing happens in it, as nearly always. */
  function moment(): Promise<void> | undefined {
    if (dead) return never;
    if (random() < chances.kill) {
      kill();
      return never;
    }
    if (random() < chances.freeze) {
      onFreeze();
      frozenUntil = clock.elapsed() + freezeMs[0] + random() * (freezeMs[1] - freezeMs[0]);
    }
    return frozenUntil > clock.elapsed() ? thawed() : undefined;
  }

  async function thawed(): Promise<void> {
    while (frozenUntil > clock.elapsed()) await clock.sleep(frozenUntil - clock.elapsed());
    if (dead) await never;
  }

  return {
    get dead() {
      return dead;
    },
    end() {
      dead = true;
    },
    async step(act) {
      const before = moment();
      if (before !== undefined) await before;
      // What happens in the world happens, whether or not the process lives to hear of it.
      try {
        return await act();
      } finally {
        const after = moment();
        if (after !== undefined) await after;
      }
    },
  };
}

/** Methods that answer at once: nothing can happen before or after them. */
const SYNCHRONOUS: ReadonlySet<PropertyKey> = new Set(["version", "now", "touch", "close"]);

/** An object whose asynchronous methods are steps of this process. Nested objects are wrapped as well, other values pass. */
export function mortalView<T extends object>(target: T, mortal: Mortal): T {
  const views = new Map<PropertyKey, unknown>();
  return new Proxy(target, {
    get(object, key) {
      if (views.has(key)) return views.get(key);
      const value: unknown = Reflect.get(object, key);
      const view = viewOf(object, key, value);
      if (view !== value) views.set(key, view);
      return view;
    },
  });

  function viewOf(object: object, key: PropertyKey, value: unknown): unknown {
    if (typeof value === "object" && value !== null) return mortalView(value, mortal);
    if (typeof value !== "function" || SYNCHRONOUS.has(key)) return value;
    return (...args: unknown[]) => mortal.step(async () => Reflect.apply(value, object, args) as unknown);
  }
}
