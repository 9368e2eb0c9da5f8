/** What can go wrong with an agent's process, at any step: it dies, or it freezes and thaws. */
import type { Random } from "../base/index.ts";
import type { VirtualClock } from "./clock.ts";

/** What can go wrong: processes die or freeze, the clock jumps, updates and sends go astray, the ledger is locked, its disk full, models fail, people change their minds. */
export const faultKinds = ["kill", "freeze", "clock", "delivery", "lock", "disk", "model", "edit"] as const;
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

  /** A moment between two steps. */
  async function moment(): Promise<void> {
    if (dead) await never;
    if (random() < chances.kill) {
      kill();
      await never;
    }
    if (random() < chances.freeze) {
      onFreeze();
      frozenUntil = clock.elapsed() + freezeMs[0] + random() * (freezeMs[1] - freezeMs[0]);
    }
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
      await moment();
      // What happens in the world happens, whether or not the process lives to hear of it.
      try {
        return await act();
      } finally {
        await moment();
      }
    },
  };
}

/** An object whose asynchronous methods are steps of this process. Nested objects are wrapped as well, other values pass. */
export function mortalView<T extends object>(target: T, mortal: Mortal): T {
  const views = new Map<PropertyKey, unknown>();
  return new Proxy(target, {
    get(object, key) {
      const value: unknown = Reflect.get(object, key);
      if (typeof value === "object" && value !== null) {
        if (!views.has(key)) views.set(key, mortalView(value, mortal));
        return views.get(key);
      }
      if (typeof value !== "function") return value;
      return (...args: unknown[]) => {
        const synchronous = key === "version" || key === "now" || key === "touch" || key === "close";
        if (synchronous) return Reflect.apply(value, object, args);
        return mortal.step(async () => Reflect.apply(value, object, args) as unknown);
      };
    },
  });
}
