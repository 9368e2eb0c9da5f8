/** Six accounts with the real client library and a person without one, in one supergroup, over TCP and the real encryption. */
import { Api } from "telegram";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Person } from "./person.ts";
import { markedId, openClient, type RealClient } from "./real-client.ts";
import { startTelegram, type Telegram } from "./telegram.ts";
import { long } from "./wire/tl.ts";
import { type Account, idFor, type Message, type Supergroup } from "./world/model.ts";

const names = ["Kronos", "Nexus", "Lacuna", "Resonant", "Keystone", "Impulse"];
const { UpdateNewChannelMessage, UpdateEditChannelMessage, UpdateDeleteChannelMessages } = Api;

let telegram: Telegram;
let anna: Person;
let six: Account[];
let group: Supergroup;

beforeEach(async () => {
  telegram = await startTelegram();
  anna = telegram.person("Anna", { username: "anna_writes" });
  six = names.map((name) => telegram.account(name, { username: `${name.toLowerCase()}_kaos` }));
  group = telegram.supergroup("The team", [anna.account, ...six], { forum: true });
});
afterEach(() => telegram.close());

const at = (index: number): Account => six[index] ?? expect.fail("there are six");
const says = (text: string) => (update: Api.UpdateNewChannelMessage) =>
  update.message instanceof Api.Message && update.message.message === text;

function messageIn(update: { message: Api.TypeMessage }): Api.Message {
  return update.message instanceof Api.Message ? update.message : expect.fail("this is no message");
}

async function openAll(): Promise<RealClient[]> {
  return Promise.all(six.map((account) => openClient(telegram, account)));
}

describe("a supergroup", () => {
  test("has one id for a message and another access hash for everybody", async () => {
    const clients = await openAll();
    const said = anna.say(group, "@nexus_kaos and Lacuna, look at https://example.org", {
      mentions: { Lacuna: at(2) },
    });
    const updates = await Promise.all(clients.map((client) => client.gets(UpdateNewChannelMessage, says(said.text))));
    const heard = updates.map(messageIn);
    expect(heard.map(({ id }) => id)).toEqual(six.map((account) => idFor(said, account)));
    expect(new Set(heard.map(({ id }) => id)).size).toBe(1);
    expect(heard.map(({ senderId }) => Number(senderId))).toEqual(six.map(() => anna.account.id));
    expect(heard.map(({ mentioned }) => Boolean(mentioned))).toEqual([false, true, true, false, false, false]);
    expect(heard[0]?.entities?.map(({ className }) => className)).toEqual([
      "MessageEntityMention",
      "MessageEntityMentionName",
      "MessageEntityUrl",
    ]);
    const hashes = await Promise.all(
      clients.map(async ({ api }) => {
        const input = await api.getInputEntity(markedId(group));
        return input instanceof Api.InputPeerChannel ? input.accessHash.toString() : expect.fail("a supergroup");
      }),
    );
    expect(new Set(hashes).size).toBe(six.length);
  });

  test("shows replies, edits, reactions and deletions to all who are concerned", async () => {
    const [kronos, nexus] = await Promise.all([openClient(telegram, at(0)), openClient(telegram, at(1))]);
    const asked = anna.say(group, "Who has time?");
    await kronos.api.sendMessage(markedId(group), { message: "I have", replyTo: idFor(asked, at(0)) });
    const answer = await anna.hears(group, { from: at(0), replyTo: asked });
    const heard = messageIn(await nexus.gets(UpdateNewChannelMessage, says("I have")));
    expect(heard.replyTo?.className === "MessageReplyHeader" && heard.replyTo.replyToMsgId).toBe(idFor(asked, at(1)));
    expect(kronos.all(UpdateNewChannelMessage).filter(says("I have"))).toEqual([]);

    await kronos.api.editMessage(markedId(group), { message: idFor(answer, at(0)), text: "I have an hour" });
    expect(messageIn(await nexus.gets(UpdateEditChannelMessage)).message).toBe("I have an hour");
    expect(answer.earlierTexts).toEqual(["I have"]);

    anna.react(answer, "👍");
    const { reactions } = await kronos.gets(Api.UpdateMessageReactions);
    expect(reactions.results.map(({ count }) => count)).toEqual([1]);
    expect(nexus.all(Api.UpdateMessageReactions)).toEqual([]);

    anna.remove(asked);
    const { messages } = await nexus.gets(UpdateDeleteChannelMessages);
    expect(messages).toEqual([idFor(asked, at(1))]);
    expect(telegram.messages(group)).toEqual([answer]);
  });

  test("names the topic of a message, whether it answers another one or not", async () => {
    const client = await openClient(telegram, at(0));
    const topic = anna.openTopic(group, "Plans");
    const first = anna.say(group, "first", { topic });
    anna.say(group, "second", { replyTo: first });
    anna.say(group, "elsewhere");
    const headerOf = async (text: string) => {
      const { replyTo } = messageIn(await client.gets(UpdateNewChannelMessage, says(text)));
      if (!(replyTo instanceof Api.MessageReplyHeader)) return null;
      return [replyTo.forumTopic ?? false, replyTo.replyToMsgId, replyTo.replyToTopId ?? null];
    };
    expect(await headerOf("first")).toEqual([true, topic.id, null]);
    expect(await headerOf("second")).toEqual([true, idFor(first, at(0)), topic.id]);
    expect(await headerOf("elsewhere")).toBeNull();

    const channel = await client.api.getInputEntity(markedId(group));
    const page = { channel, offsetDate: 0, offsetId: 0, offsetTopic: 0, limit: 10 };
    const { topics } = await client.api.invoke(new Api.channels.GetForumTopics(page));
    expect(topics.map((each) => each instanceof Api.ForumTopic && each.title)).toEqual(["General", "Plans"]);

    await client.api.sendMessage(markedId(group), { message: "third", replyTo: topic.id });
    expect(await anna.hears(group, { from: at(0), topic })).toMatchObject({ text: "third", replyTo: null });
  });

  test("carries albums, photos and voice notes both ways", async () => {
    const client = await openClient(telegram, at(0));
    const bytes = Buffer.from("OggS and what follows".repeat(20_000));
    const album = anna.sendAlbum(group, 3, "Three views");
    const voice = anna.sendVoice(group, bytes);
    const heard = await client.gets(UpdateNewChannelMessage, (update) => update.message.id === idFor(voice, at(0)));
    expect(await client.api.downloadMedia(messageIn(heard), {})).toEqual(bytes);
    const parts = client
      .all(UpdateNewChannelMessage)
      .map(messageIn)
      .filter(({ groupedId }) => groupedId);
    expect(parts.map(({ message }) => message)).toEqual(["Three views", "", ""]);
    expect(new Set(parts.map(({ groupedId }) => String(groupedId)))).toEqual(new Set([album[0]?.albumId]));

    await client.api.sendFile(markedId(group), { file: Buffer.from("a photo, by its name"), caption: "Mine" });
    expect((await anna.hears(group, { text: "Mine" })).media?.bytes.toString()).toBe("a photo, by its name");
  });
});

describe("a private chat", () => {
  test("has another id for each of the two", async () => {
    const client = await openClient(telegram, at(0));
    const said = anna.say(at(0), "Between us");
    const heard = await client.gets(Api.UpdateShortMessage);
    expect(heard).toMatchObject({ message: "Between us", id: idFor(said, at(0)) });
    expect(idFor(said, at(0))).not.toBe(idFor(said, anna.account));
    await client.api.sendMessage("anna_writes", { message: "As you like", replyTo: heard.id });
    expect(await anna.hears(at(0), { from: at(0), replyTo: said })).toMatchObject({ text: "As you like" });
  });

  test("is no place for those who are not in it", async () => {
    const [kronos, nexus] = await Promise.all([openClient(telegram, at(0)), openClient(telegram, at(1))]);
    anna.say(at(0), "Between us");
    await kronos.gets(Api.UpdateShortMessage);
    anna.say(at(1), "And us");
    await nexus.gets(Api.UpdateShortMessage);
    expect(nexus.all(Api.UpdateShortMessage).map(({ message }) => message)).toEqual(["And us"]);
  });
});

describe("a basic group", () => {
  test("has another id for every member, and translates replies", async () => {
    const basic = telegram.basicGroup("Small", [anna.account, at(0), at(1)]);
    const [kronos, nexus] = await Promise.all([openClient(telegram, at(0)), openClient(telegram, at(1))]);
    const said = anna.say(basic, "Hello");
    const [one, other] = await Promise.all([kronos, nexus].map((client) => client.gets(Api.UpdateShortChatMessage)));
    expect([one?.id, other?.id]).toEqual([idFor(said, at(0)), idFor(said, at(1))]);
    await kronos.api.sendMessage(`-${basic.id}`, { message: "Hi", replyTo: one?.id ?? 0 });
    const reply = await nexus.gets(Api.UpdateShortChatMessage, ({ message }) => message === "Hi");
    expect(reply.replyTo).toMatchObject({ replyToMsgId: other?.id });
  });
});

describe("sending", () => {
  const send = async (client: RealClient, message: string, randomId: number) => {
    const peer = await client.api.getInputEntity(markedId(group));
    return client.api.invoke(new Api.messages.SendMessage({ peer, message, randomId: long(randomId) }));
  };
  const from = (account: Account): Message[] => telegram.messages(group).filter(({ author }) => author === account);

  test("the same random id twice is refused, and nothing is said twice", async () => {
    const client = await openClient(telegram, at(0));
    await send(client, "once", 7);
    await expect(send(client, "once", 7)).rejects.toMatchObject({ errorMessage: "RANDOM_ID_DUPLICATE" });
    expect(from(at(0)).map(({ randomId }) => randomId)).toEqual(["7"]);
    expect(telegram.repeated()).toEqual([]);
    await send(client, "once", 8);
    expect(telegram.repeated().map(({ randomId }) => randomId)).toEqual(["8"]);
  });

  test("a line that is cut after the effect has the effect once", async () => {
    const client = await openClient(telegram, at(0));
    telegram.faults.call({ method: "messages.SendMessage", account: at(0), cut: "after" });
    await expect(send(client, "did it arrive?", 1)).rejects.toMatchObject({ errorMessage: "RANDOM_ID_DUPLICATE" });
    expect(from(at(0))).toHaveLength(1);
  });

  test("a line that is cut before the effect has it when the client tries again", async () => {
    const client = await openClient(telegram, at(0));
    telegram.faults.call({ method: "messages.SendMessage", account: at(0), cut: "before" });
    await send(client, "again", 1);
    expect(from(at(0))).toHaveLength(1);
  });

  test("what may not be written is refused in Telegram's words", async () => {
    const client = await openClient(telegram, at(0));
    telegram.faults.call({ method: "messages.SendMessage", account: at(0), error: "FLOOD_WAIT_75" });
    await expect(send(client, "x", 1)).rejects.toMatchObject({ seconds: 75, code: 420 });
    telegram.faults.call({ method: "messages.SendMessage", account: at(0), error: "PEER_FLOOD" });
    await expect(send(client, "x", 2)).rejects.toMatchObject({ errorMessage: "PEER_FLOOD" });
    group.slowModeSeconds = 30;
    await send(client, "x", 3);
    await expect(send(client, "y", 4)).rejects.toMatchObject({ seconds: 30 });
    group.muted.add(at(0));
    await expect(send(client, "z", 5)).rejects.toMatchObject({ errorMessage: "USER_BANNED_IN_CHANNEL" });
    await expect(send(client, "a".repeat(4097), 6)).rejects.toMatchObject({ errorMessage: "USER_BANNED_IN_CHANNEL" });
    expect(() => telegram.faults.call({ method: "messages.Send", error: "X" })).toThrow("no method messages.Send");
  });
});
