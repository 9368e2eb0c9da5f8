/** What an account hears, from the real library over the wire. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { listen, type Told } from "./hearing.ts";
import type { Person } from "./person.ts";
import { startTelegram, type Telegram } from "./telegram.ts";
import { type Account, idFor, type Message, type Supergroup } from "./world/model.ts";

describe("an account on Telegram", () => {
  let telegram: Telegram;
  let anna: Person;
  let nexus: Account;
  let kronos: Account;
  let group: Supergroup;

  beforeEach(async () => {
    telegram = await startTelegram();
    anna = telegram.person("Anna");
    nexus = telegram.account("Nexus", { username: "nexus_kaos" });
    kronos = telegram.account("Kronos", { username: "kronos_kaos" });
    group = telegram.supergroup("The team", [anna.account, nexus, kronos]);
  });
  afterEach(() => telegram.close());

  const idOf = (message: Message) => String(idFor(message, nexus));
  const saidIn = (told: readonly Told[]) => told.flatMap((one) => (one.kind === "said" ? [one.text] : []));

  test("hears what a person says, under one id for all accounts", async () => {
    const heardBy = [
      await listen(telegram, nexus, group, { owner: anna.account }),
      await listen(telegram, kronos, group, { agent: "kronos", owner: anna.account }),
    ];
    const said = anna.say(group, "@nexus_kaos what is new?");
    for (const { hears } of heardBy) {
      expect(await hears("said")).toEqual({
        kind: "said",
        room: `telegram:${group.id}`,
        messageId: idOf(said),
        topic: null,
        sender: { kind: "owner", id: String(anna.account.id), name: "Anna" },
        text: "@nexus_kaos what is new?",
        replyTo: null,
        saidAt: said.atSeconds * 1_000,
      });
    }
  });

  test("tells owner, allowed people, strangers and colleagues apart by their ids alone", async () => {
    const bert = telegram.person("Bert");
    const false1 = telegram.person("kronos", { username: "kronos_kaos_" });
    for (const person of [bert, false1]) person.join(group);
    const { hears, transport } = await listen(telegram, nexus, group, {
      owner: anna.account,
      allowed: [bert.account],
      members: { kronos },
    });
    const colleague = await listen(telegram, kronos, group, { agent: "kronos" });
    anna.say(group, "one");
    bert.say(group, "two");
    false1.say(group, "three");
    const room = `telegram:${group.id}`;
    await colleague.transport.send({ id: 1, room, topic: null, replyTo: null, text: "four", randomId: "44" });
    expect(transport.trouble()).toBeUndefined();
    const kinds = [];
    for (const text of ["one", "two", "three", "four"]) {
      const { sender } = await hears("said", (said) => said.text === text);
      kinds.push(`${sender.kind} ${sender.name}`);
    }
    expect(kinds).toEqual(["owner Anna", "allowed Bert", "stranger kronos", "agent kronos"]);
  });

  test("hears replies, edits and deletions under the ids of their messages", async () => {
    const { hears } = await listen(telegram, nexus, group, { owner: anna.account });
    const first = anna.say(group, "shall we?");
    const second = anna.say(group, "I mean now", { replyTo: first });
    expect(await hears("said", ({ messageId }) => messageId === idOf(second))).toMatchObject({ replyTo: idOf(first) });
    anna.edit(first, "shall we ship?");
    expect(await hears("edited")).toMatchObject({ messageId: idOf(first), text: "shall we ship?" });
    anna.remove(second);
    expect(await hears("deleted")).toMatchObject({ messageId: idOf(second) });
  });

  test("hears an album once, with its caption and the number of its pictures", async () => {
    const { hears, told } = await listen(telegram, nexus, group, { owner: anna.account });
    const [picture] = anna.sendAlbum(group, 3, "from the beach");
    anna.say(group, "nice, no?");
    await hears("said", ({ text }) => text === "nice, no?");
    expect(saidIn(told)).toEqual(["[3 × photo]\nfrom the beach", "nice, no?"]);
    if (picture === undefined) throw new Error("the album is empty");
    expect(told[0]).toMatchObject({ messageId: idOf(picture) });
  });

  test("an album that nothing follows is told as well", async () => {
    const { hears } = await listen(telegram, nexus, group);
    anna.sendAlbum(group, 2);
    expect(await hears("said")).toMatchObject({ text: "[2 × photo]" });
  });

  test("tells whose words a person passes on", async () => {
    const { hears, told } = await listen(telegram, nexus, group, { owner: anna.account });
    const bert = telegram.person("Bert");
    anna.forward(group, bert.account, "/approve 7");
    anna.forward(group, anna.account, "as I said: ship it");
    await hears("said", ({ text }) => text.startsWith("as I said"));
    expect(saidIn(told)).toEqual(["[forwarded, written by Bert]\n/approve 7", "as I said: ship it"]);
  });

  test("names what it cannot hear or see", async () => {
    const { hears } = await listen(telegram, nexus, group);
    anna.sendVoice(group);
    anna.sendFile(group, { name: "plan.pdf", bytes: Buffer.from("%PDF") }, "read this");
    expect(await hears("said", ({ text }) => text.startsWith("[voice"))).toMatchObject({ text: "[voice: 3 s]" });
    expect(await hears("said", ({ text }) => text.startsWith("[file"))).toMatchObject({
      text: "[file: plan.pdf]\nread this",
    });
  });

  test("a message in a topic of a forum stands in that topic, and answers nobody unless it does", async () => {
    const forum = telegram.supergroup("The forum", [anna.account, nexus], { forum: true });
    const topic = anna.openTopic(forum, "Releases");
    const { hears } = await listen(telegram, nexus, forum);
    const opening = anna.say(forum, "when?", { topic });
    anna.say(forum, "or how?", { topic, replyTo: opening });
    anna.say(forum, "hello all");
    expect(await hears("said", ({ text }) => text === "when?")).toMatchObject({
      topic: String(topic.id),
      replyTo: null,
    });
    expect(await hears("said", ({ text }) => text === "or how?")).toMatchObject({
      topic: String(topic.id),
      replyTo: idOf(opening),
    });
    expect(await hears("said", ({ text }) => text === "hello all")).toMatchObject({ topic: null, replyTo: null });
  });

  test("a mention of an agent without a username becomes its name, and a link keeps where it leads", async () => {
    const { hears } = await listen(telegram, nexus, group, { members: { kronos } });
    anna.say(group, "Ask Chief about it", { mentions: { Chief: kronos } });
    expect(await hears("said")).toMatchObject({ text: "Ask @kronos about it" });
  });

  test("reactions of people to an answer are told, and that they were taken back", async () => {
    const { hears, transport } = await listen(telegram, nexus, group, { owner: anna.account });
    const room = `telegram:${group.id}`;
    await transport.send({ id: 1, room, topic: null, replyTo: null, text: "Ship it.", randomId: "71" });
    const answer = await anna.hears(group, { text: "Ship it." });
    anna.react(answer, "👍");
    const { reactions, messageId } = await hears("reacted", (told) => told.reactions.length > 0);
    expect(messageId).toBe(idOf(answer));
    expect(reactions).toEqual([{ by: { kind: "owner", id: String(anna.account.id), name: "Anna" }, emoji: "👍" }]);
    anna.react(answer);
    await hears("reacted", (told) => told.reactions.length === 0);
  });

  test("a private message goes to the private handler alone, and can be answered", async () => {
    const { hears, told, transport } = await listen(telegram, nexus, group, { owner: anna.account });
    anna.say(nexus, "/status");
    const message = await hears("privately");
    expect(message).toMatchObject({ from: { kind: "owner", name: "Anna" }, text: "/status", replyTo: null });
    const told1 = await transport.tell(message.from.id, {
      text: "All is well.",
      replyTo: message.messageId,
      randomId: "9",
    });
    expect(told1.kind).toBe("sent");
    await anna.hears(nexus, { text: "All is well." });
    expect(told.map(({ kind }) => kind)).toEqual(["privately"]);
  });

  test("joins, new topics and other groups are no messages", async () => {
    const other = telegram.supergroup("Elsewhere", [anna.account, nexus]);
    const { hears, told } = await listen(telegram, nexus, group);
    telegram.person("Carl").join(group);
    anna.say(other, "not for you");
    anna.say(group, "for you");
    await hears("said");
    expect(saidIn(told)).toEqual(["for you"]);
  });

  test.each(["lose", "twice", "swap", "too long"] as const)(
    "when a push is to %s, every message is told, in order",
    async (how) => {
      const { hears, told } = await listen(telegram, nexus, group);
      telegram.faults.pushes({ account: nexus, how });
      for (const text of ["one", "two", "three"]) anna.say(group, text);
      await hears("said", ({ text }) => text === "three");
      expect(saidIn(told)).toEqual(["one", "two", "three"]);
    },
  );

  test("what was said while the line was cut is told after it is back, once and in order", async () => {
    const { hears, told } = await listen(telegram, nexus, group);
    anna.say(group, "before");
    await hears("said");
    telegram.down();
    for (let n = 1; n <= 24; n++) anna.say(group, `meanwhile ${n}`);
    telegram.up();
    await hears("said", ({ text }) => text === "meanwhile 24");
    expect(saidIn(told)).toEqual(["before", ...Array.from({ length: 24 }, (_, n) => `meanwhile ${n + 1}`)]);
  });

  test("what was said while the process was away is told after its start", async () => {
    const before = await listen(telegram, nexus, group);
    anna.say(group, "before");
    await before.hears("said");
    await before.transport.close();
    for (let n = 1; n <= 8; n++) anna.say(group, `meanwhile ${n}`);
    const { hears, told } = await before.again();
    await hears("said", ({ text }) => text === "meanwhile 8");
    expect(saidIn(told)).toEqual(Array.from({ length: 8 }, (_, n) => `meanwhile ${n + 1}`));
  });

  test("a first start tells nothing of what was said before it", async () => {
    anna.say(group, "long ago");
    const { hears, told } = await listen(telegram, nexus, group);
    anna.say(group, "now");
    await hears("said");
    expect(saidIn(told)).toEqual(["now"]);
  });
});

test("when too much was missed for a difference, the history fills the hole", async () => {
  const telegram = await startTelegram({ channelTooLongAbove: 30, differenceEventsMax: 10 });
  const anna = telegram.person("Anna");
  const nexus = telegram.account("Nexus");
  const group = telegram.supergroup("The team", [anna.account, nexus]);
  const before = await listen(telegram, nexus, group);
  anna.say(group, "before");
  await before.hears("said");
  await before.transport.close();
  for (let n = 1; n <= 60; n++) anna.say(group, `meanwhile ${n}`);
  const { hears, told, transport } = await before.again();
  await hears("said", ({ text }) => text === "meanwhile 60");
  const texts = told.flatMap((one) => (one.kind === "said" ? [one.text] : []));
  expect(texts).toEqual(Array.from({ length: 60 }, (_, n) => `meanwhile ${n + 1}`));
  await transport.close();
  await telegram.close();
});
