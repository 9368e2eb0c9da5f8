import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Ledger } from "../../../shared/ledger/index.ts";
import { openTestLedger, type StandingClock, standingClock } from "../../doubles/ledger.ts";

describe("pauses", () => {
  let clock: StandingClock;
  let ledger: Ledger;
  let close: () => void;

  beforeEach(async () => {
    clock = standingClock();
    ({ ledger, close } = await openTestLedger(clock));
  });
  afterEach(() => close());

  const because = (agent: string) => ledger.controls.pausedBecause(agent);

  test("one agent is paused until somebody resumes it, the others are not", async () => {
    await ledger.controls.pause({ scope: "agent", name: "kronos", by: "you", until: null });
    clock.tick(365 * 86_400_000);
    expect(await because("kronos")).toBe(
      "kronos is paused by you; resume with `kaos swarm resume kronos` or in the control room",
    );
    expect(await because("nexus")).toBeUndefined();
    await ledger.controls.resume("agent", "kronos");
    expect(await because("kronos")).toBeUndefined();
  });

  test("a pause with an end ends by itself", async () => {
    await ledger.controls.pause({ scope: "swarm", name: "", by: "you", until: clock.now() + 1_000 });
    clock.tick(999);
    expect(await because("nexus")).toMatch(/^the swarm is paused by you/);
    expect(await ledger.controls.active()).toHaveLength(1);
    clock.tick(1);
    expect(await because("nexus")).toBeUndefined();
    expect(await ledger.controls.active()).toEqual([]);
  });

  test("pausing again replaces the end", async () => {
    await ledger.controls.pause({ scope: "swarm", name: "", by: "you", until: clock.now() + 1_000 });
    await ledger.controls.pause({ scope: "swarm", name: "", by: "keystone", until: null });
    clock.tick(2_000);
    expect(await ledger.controls.active()).toMatchObject([{ scope: "swarm", by: "keystone", until: null }]);
  });

  test("a paused job or tool stops no agent of that name", async () => {
    await ledger.controls.pause({ scope: "tool", name: "kronos", by: "you", until: null });
    expect(await because("kronos")).toBeUndefined();
  });

  test("a paused tool is paused for every agent, and the sentence says how to resume it", async () => {
    await ledger.controls.pause({ scope: "tool", name: "send-letter", by: "you", until: null });
    expect(await ledger.controls.pausedBecause("kronos", "send-letter")).toBe(
      "send-letter is paused by you; resume with `kaos swarm resume --tool send-letter` or in the control room",
    );
    expect(await ledger.controls.pausedBecause("kronos", "read-page")).toBeUndefined();
  });
});
