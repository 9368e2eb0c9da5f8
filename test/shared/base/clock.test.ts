import { describe, expect, test } from "vitest";
import { isAbort, repeat, systemClock } from "../../../shared/base/index.ts";
import { createVirtualClock } from "../../../shared/simulation/clock.ts";

describe("repeating", () => {
  test("beats at once and then as often as asked, until told to stop", async () => {
    const clock = createVirtualClock(0);
    const stop = new AbortController();
    const beats: number[] = [];
    const repeating = repeat({ clock, everyMs: 1_000, signal: stop.signal }, async () => {
      beats.push(clock.now());
      if (beats.length === 4) stop.abort();
    });
    await clock.run(() => stop.signal.aborted);
    await repeating;
    expect(beats).toEqual([0, 1_000, 2_000, 3_000]);
  });

  test("a slow beat is not overtaken by the next", async () => {
    const clock = createVirtualClock(0);
    const stop = new AbortController();
    const begun: number[] = [];
    const repeating = repeat({ clock, everyMs: 1_000, signal: stop.signal }, async () => {
      begun.push(clock.now());
      await clock.sleep(5_000);
    });
    await clock.run(() => begun.length === 3);
    expect(begun).toEqual([0, 6_000, 12_000]);
    stop.abort();
    await clock.run(() => false);
    await repeating;
  });

  test("a beat that fails ends it with that failure", async () => {
    const repeating = repeat({ clock: createVirtualClock(0), everyMs: 1, signal: new AbortController().signal }, () =>
      Promise.reject(new Error("out of step")),
    );
    await expect(repeating).rejects.toThrow("out of step");
  });
});

test("the machine's clock stops sleeping when told to", async () => {
  const thrown = await systemClock.sleep(3_600_000, AbortSignal.abort()).catch((error: unknown) => error);
  expect(isAbort(thrown)).toBe(true);
});
