import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Ledger, MESSAGE_CHARACTERS_MAX, openLedger } from "../../../shared/ledger/index.ts";
import { openTestLedger, type StandingClock, said, standingClock } from "../../doubles/ledger.ts";

describe("the durable inbox", () => {
  let clock: StandingClock;
  let ledger: Ledger;
  let path: string;
  let close: () => void;

  beforeEach(async () => {
    clock = standingClock();
    ({ ledger, path, close } = await openTestLedger(clock));
  });
  afterEach(() => close());

  const answer = (name: string, replyTo: string, text = `${name} answers`) =>
    said(text, { sender: { kind: "agent", id: name, name }, replyTo });

  test("what six accounts heard at once, over six connections, is one message", async () => {
    const heard = said("ship or fix?");
    const accounts = await Promise.all(Array.from({ length: 6 }, () => openLedger({ path, clock, durability: "off" })));
    const recorded = await Promise.all(accounts.map((account) => account.messages.record(heard)));
    for (const account of accounts) account.close();
    expect(recorded.filter(({ fresh }) => fresh)).toHaveLength(1);
    expect(new Set(recorded.map(({ seq }) => seq)).size).toBe(1);
    expect(await ledger.messages.latest(heard.room, 10)).toHaveLength(1);
  });

  test("the same id in another room is another message", async () => {
    const heard = said("here");
    const first = await ledger.messages.record(heard);
    const second = await ledger.messages.record({ ...heard, room: "room:other" });
    expect(second).toEqual({ seq: first.seq + 1, fresh: true });
  });

  test("what agents answer goes back to the person's message, reply by reply", async () => {
    const asked = said("why?");
    const { seq: root } = await ledger.messages.record(asked);
    const [one, two] = [answer("nexus", asked.messageId), answer("kronos", "")];
    await ledger.messages.record(one);
    await ledger.messages.record({ ...two, replyTo: one.messageId });
    const thread = await ledger.messages.thread(root);
    expect(thread.map(({ root: goesBackTo, hops }) => ({ goesBackTo, hops }))).toEqual([
      { goesBackTo: root, hops: 0 },
      { goesBackTo: root, hops: 1 },
      { goesBackTo: root, hops: 2 },
    ]);
  });

  test("a person who replies to an agent starts a new root", async () => {
    const asked = said("why?");
    await ledger.messages.record(asked);
    const reply = answer("nexus", asked.messageId);
    await ledger.messages.record(reply);
    const { seq } = await ledger.messages.record(said("and then?", { replyTo: reply.messageId }));
    expect(await ledger.messages.get(seq)).toMatchObject({ root: seq, hops: 0 });
    expect((await ledger.messages.roots(10)).map(({ text }) => text)).toEqual(["and then?", "why?"]);
  });

  test("an agent that replies to what nobody recorded is no root of a person", async () => {
    const { seq } = await ledger.messages.record(answer("nexus", "never heard"));
    expect(await ledger.messages.get(seq)).toMatchObject({ root: seq, hops: 0 });
    expect(await ledger.messages.roots(10)).toEqual([]);
  });

  test("an edit changes the text and says when; a deletion is final", async () => {
    const heard = said("shp it");
    const { seq } = await ledger.messages.record(heard);
    clock.tick(5);
    await ledger.messages.edit(heard.room, heard.messageId, "ship it");
    expect(await ledger.messages.get(seq)).toMatchObject({ text: "ship it", editedAt: clock.now(), deletedAt: null });
    await ledger.messages.remove(heard.room, heard.messageId);
    await ledger.messages.edit(heard.room, heard.messageId, "too late");
    expect(await ledger.messages.get(seq)).toMatchObject({ text: "ship it", deletedAt: clock.now() });
    const next = await ledger.messages.record(said("next"));
    expect(await ledger.messages.before({ room: heard.room, seq: next.seq }, 10)).toEqual([]);
  });

  test("a room is told topic by topic, oldest first", async () => {
    for (const [text, topic] of [
      ["one", null],
      ["two", "7"],
      ["three", null],
      ["four", "7"],
    ] as const)
      await ledger.messages.record(said(text, { topic }));
    const earlier = async (topic?: string | null) =>
      (await ledger.messages.before({ room: "room:main", seq: 99, ...(topic !== undefined && { topic }) }, 3)).map(
        ({ text }) => text,
      );
    expect([await earlier(), await earlier(null), await earlier("7")]).toEqual([
      ["two", "three", "four"],
      ["one", "three"],
      ["two", "four"],
    ]);
  });

  test("a huge message is cut on the way in, an empty one is kept", async () => {
    const huge = await ledger.messages.record(said("x".repeat(1_000_000)));
    const empty = await ledger.messages.record(said(""));
    expect((await ledger.messages.get(huge.seq))?.text).toHaveLength(MESSAGE_CHARACTERS_MAX);
    expect((await ledger.messages.get(empty.seq))?.text).toBe("");
  });
});
