import { expect, test } from "vitest";
import { stoppedAtTheDoor } from "../../../shared/agent/door.ts";
import { silentLog } from "../../../shared/base/index.ts";
import type { Heard, Message } from "../../../shared/ledger/index.ts";
import type { Verdict } from "../../../shared/security/index.ts";
import { openTestLedger, said, standingClock } from "../../doubles/ledger.ts";

const clean: Verdict = { verdict: "clean", score: 0, signs: [], because: "" };
const attack: Verdict = { verdict: "blocked", score: 0.9, signs: ["override"], because: "it reads like an attempt" };

async function openDoor(verdict = clean, requestsPerMinute = 10) {
  const clock = standingClock();
  const { ledger, close } = await openTestLedger(clock);
  const noted: object[] = [];
  const log = { ...silentLog, info: (_: string, fields?: object) => void noted.push(fields ?? {}) };
  const at = (name: string) => ({
    card: { name },
    ledger,
    speaking: { log },
    strangers: "chat" as const,
    door: { requestsPerMinute, shield: () => verdict },
  });
  let count = 0;
  const hear = async (sender: Heard["sender"], room = "room:main"): Promise<Message> => {
    const { seq } = await ledger.messages.record({ ...said("x"), sender, room, messageId: `m${++count}` });
    const message = await ledger.messages.get(seq);
    if (message === undefined) throw new Error("not recorded");
    return message;
  };
  return { clock, ledger, noted, at, hear, close };
}

const anna = { kind: "allowed", id: "7", name: "Anna" } as const;
const passer = { kind: "stranger", id: "9", name: "Passer-by" } as const;

test("the eleventh message of a person in a minute is not read by any agent, in whatever room, and the room is told once", async () => {
  const { ledger, at, hear, close } = await openDoor();
  for (let i = 0; i < 10; i++)
    expect(
      await stoppedAtTheDoor(at("kronos"), await hear(anna, i % 2 === 0 ? "room:main" : "room:b")),
    ).toBeUndefined();
  const eleventh = await hear(anna);
  for (const agent of ["kronos", "nexus", "lacuna"])
    expect(await stoppedAtTheDoor(at(agent), eleventh)).toBe(
      "more than 10 messages in a minute: this one is not read, wait a minute",
    );
  expect(await stoppedAtTheDoor(at("kronos"), await hear(anna))).toBeDefined();
  expect((await ledger.deliveries.latest(10)).map(({ agent, text }) => ({ agent, text }))).toEqual([
    { agent: "kronos", text: "more than 10 messages in a minute: this one is not read, wait a minute" },
  ]);
  close();
});

test("others are not concerned, and a minute later neither is the one who was", async () => {
  const { clock, at, hear, close } = await openDoor();
  for (let i = 0; i < 12; i++) await hear(anna);
  expect(await stoppedAtTheDoor(at("kronos"), await hear({ ...anna, id: "8" }))).toBeUndefined();
  expect(await stoppedAtTheDoor(at("kronos"), await hear({ kind: "agent", id: "7", name: "nexus" }))).toBeUndefined();
  clock.tick(60_001);
  expect(await stoppedAtTheDoor(at("kronos"), await hear(anna))).toBeUndefined();
  close();
});

test("an owner's text that reads like an attempt is noted and read; a stranger's is not read, and told so once a day", async () => {
  const { clock, ledger, noted, at, hear, close } = await openDoor(attack);
  const owner = await hear({ kind: "owner", id: "1", name: "You" });
  expect(await stoppedAtTheDoor(at("kronos"), owner)).toBeUndefined();
  expect(noted).toEqual([{ message: owner.seq, from: "owner", score: 0.9, signs: ["override"] }]);
  expect(await stoppedAtTheDoor(at("kronos"), await hear(passer))).toBe(
    "this message is not read: it reads like an attempt",
  );
  clock.tick(120_000);
  expect(await stoppedAtTheDoor(at("nexus"), await hear(passer))).toBeDefined();
  expect(await ledger.deliveries.latest(10)).toHaveLength(1);
  close();
});

test("with 0 anybody may say as much as they like", async () => {
  const { at, hear, close } = await openDoor(clean, 0);
  for (let i = 0; i < 30; i++) expect(await stoppedAtTheDoor(at("kronos"), await hear(anna))).toBeUndefined();
  close();
});
