import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { createGovernor, type Governor } from "../../../../shared/transport/telegram/governor.ts";
import { openTestLedger, type StandingClock, standingClock } from "../../../doubles/ledger.ts";

describe("the governor of an account", () => {
  let clock: StandingClock;
  let open: (pace?: number) => Governor;

  beforeEach(async () => {
    clock = standingClock();
    const { ledger, close } = await openTestLedger(clock);
    onTestFinished(close);
    open = (pace = 1) => createGovernor({ account: "telegram:7", store: ledger.floodWaits, clock, pace });
  });

  const ROOM = "telegram:100";
  async function burst(governor: Governor, room = ROOM): Promise<number> {
    for (let sent = 0; ; sent++) if ((await governor.admit(room)).kind === "wait") return sent;
  }

  test("three messages go into a room at once, then one every three seconds", async () => {
    const governor = open();
    expect(await burst(governor)).toBe(3);
    clock.tick(3_000);
    expect(await burst(governor)).toBe(1);
    clock.tick(60_000);
    expect(await burst(governor)).toBe(3);
  });

  test("many rooms together have a limit as well", async () => {
    const governor = open();
    expect(await burst(governor, "telegram:1")).toBe(3);
    expect(await burst(governor, "telegram:2")).toBe(2);
  });

  test("a flood wait is obeyed in all rooms, also by the next process; a room's own wait in that room alone", async () => {
    const governor = open();
    await governor.toldToWait("account", ROOM, 20_000, "Telegram asks to wait 20 s");
    expect(await open().admit("telegram:2")).toEqual({
      kind: "wait",
      ms: 20_500,
      because: "Telegram asks to wait 20 s",
      asked: true,
    });
    clock.tick(21_000);
    await governor.toldToWait("room", ROOM, 30_000, "slow mode");
    expect((await governor.admit("telegram:2")).kind).toBe("go");
    expect(await open().admit(ROOM)).toMatchObject({ kind: "wait", because: "slow mode" });
  });

  test("each flood wait makes the account slower, an hour of quiet makes it forget", async () => {
    const governor = open();
    await governor.toldToWait("account", ROOM, 1_000, "wait");
    clock.tick(1_500);
    await governor.toldToWait("account", ROOM, 1_000, "wait");
    clock.tick(30_000);
    await burst(governor);
    clock.tick(3_000);
    expect(await governor.admit(ROOM)).toMatchObject({ kind: "wait", ms: 9_000, asked: false });
    clock.tick(3_700_000);
    await burst(governor);
    clock.tick(3_000);
    expect((await governor.admit(ROOM)).kind).toBe("go");
  });

  test("a clock that jumps back takes nothing away", async () => {
    const governor = open();
    await governor.admit(ROOM);
    clock.tick(-3_600_000);
    expect((await governor.admit(ROOM)).kind).toBe("go");
  });
});
