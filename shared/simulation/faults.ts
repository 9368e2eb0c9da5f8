/** What can go wrong with an agent's process, at any step: it dies, or it freezes and thaws. */
import type { Random } from "../base/index.ts";
import type { VirtualClock } from "./clock.ts";

export type FaultKind = "kill" | "freeze" | "clock" | "delivery" | "lock" | "disk" | "model";
export const faultKinds: readonly FaultKind[] = ["kill", "freeze", "clock", "delivery", "lock", "disk", "model"];

/** The life of one simulated process. Once dead, nothing that it waits for ever comes, so nothing of it goes on. */
export interface Mortal {
  /** Runs one step of the process; between any two steps, before and after each, it may die or freeze. */
  step<Result>(act: () => Promise<Result>): Promise<Result>;
  readonly dead: boolean;
  kill(): void;
}

type Chances = { kill: number; freeze: number };
type Deps = { random: Random; clock: VirtualClock; chances: Chances; freezeMs: readonly [number, number]; onDeath(): void };

export function createMortal({ random, clock, chances, freezeMs, onDeath }: Deps): Mortal {
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
    if (random() < chances.freeze) frozenUntil = clock.elapsed() + freezeMs[0] + random() * (freezeMs[1] - freezeMs[0]);
    while (frozenUntil > clock.elapsed()) await clock.sleep(frozenUntil - clock.elapsed());
    if (dead) await never;
  }

  return {
    get dead() {
      return dead;
    },
    kill,
    async step(act) {
      await moment();
      // What happens in the world happens, whether or not the process lives to hear of it.
      const result = await act();
      await moment();
      return result;
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
