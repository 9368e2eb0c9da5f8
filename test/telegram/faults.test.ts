/** Faults happen to those calls and accounts they were ordered for, and to no others. */
import { Api } from "telegram";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createFaults } from "./faults.ts";
import type { Person } from "./person.ts";
import { markedId, openClient } from "./real-client.ts";
import { startTelegram, type Telegram } from "./telegram.ts";
import type { Account, Supergroup } from "./world/model.ts";

let telegram: Telegram;
let anna: Person;
let nexus: Account;
let lacuna: Account;
let group: Supergroup;

beforeEach(async () => {
  telegram = await startTelegram({ minUsers: true });
  anna = telegram.person("Anna");
  nexus = telegram.account("Nexus");
  lacuna = telegram.account("Lacuna");
  group = telegram.supergroup("The team", [anna.account, nexus, lacuna]);
});
afterEach(() => telegram.close());

test("a fault skips, happens so many times, concerns one account, and can be taken back", () => {
  const faults = createFaults((name) => name === "auth.SendCode");
  const take = (account: Account) => faults.takeCall("auth.SendCode", account) !== undefined;
  faults.call({ method: "auth.SendCode", account: nexus, skip: 1, times: 2, hang: true });
  expect([take(nexus), take(lacuna), take(nexus), take(nexus), take(nexus)]).toEqual([false, false, true, true, false]);
  const end = faults.call({ method: "auth.SendCode", times: Number.POSITIVE_INFINITY, hang: true });
  expect([take(nexus), take(lacuna)]).toEqual([true, true]);
  end();
  expect(take(nexus)).toBe(false);
  expect(() => faults.call({ method: "auth.SendCodes", hang: true })).toThrow("no method auth.SendCodes");
});

describe("a call", () => {
  test("that is delayed or hangs holds up no other", async () => {
    const client = await openClient(telegram, nexus);
    const answered: string[] = [];
    const ask = (name: string, call: Promise<unknown>) => call.then(() => answered.push(name));
    telegram.faults.call({ method: "updates.GetState", delayMs: 100 });
    telegram.faults.call({ method: "contacts.GetContacts", hang: true });
    const slow = ask("slow", client.api.invoke(new Api.updates.GetState()));
    void ask("never", client.api.invoke(new Api.contacts.GetContacts({}))).catch(() => {});
    await ask("at once", client.api.invoke(new Api.users.GetUsers({ id: [new Api.InputUserSelf()] })));
    await slow;
    expect(answered).toEqual(["at once", "slow"]);
  });

  test("is written down with its account and its error", async () => {
    const client = await openClient(telegram, nexus);
    telegram.faults.call({ method: "updates.GetState", error: "FLOOD_WAIT_9" });
    await expect(client.api.invoke(new Api.updates.GetState())).rejects.toThrow();
    const call = await telegram.until("the call", () => telegram.calls.find(({ error }) => error !== null));
    expect(call).toMatchObject({ method: "updates.GetState", account: nexus, error: "FLOOD_WAIT_9" });
  });
});

describe("a line", () => {
  test("that falls silent carries nothing, and the next one everything", async () => {
    const client = await openClient(telegram, nexus);
    telegram.silence(nexus);
    anna.say(group, "unheard");
    expect(telegram.cut(nexus)).toBe(1);
    await client.api.getMe();
    anna.say(group, "heard");
    await client.gets(Api.UpdateNewChannelMessage);
    const heard = client.all(Api.UpdateNewChannelMessage).map(({ message }) => message);
    expect(heard.map((message) => message instanceof Api.Message && message.message)).toEqual(["heard"]);
  });
});

describe("an account", () => {
  test("that is put out of a group is told that something changed, and may not read there any more", async () => {
    const client = await openClient(telegram, nexus);
    anna.expel(group, nexus);
    await client.gets(Api.UpdateChannel);
    await expect(client.api.getMessages(markedId(group), { limit: 1 })).rejects.toThrow("CHANNEL_PRIVATE");
    anna.say(group, "among us");
    expect(client.all(Api.UpdateNewChannelMessage)).toEqual([]);
  });

  test("sees members in passing, whom it cannot call by what it saw", async () => {
    const client = await openClient(telegram, nexus);
    const ben = telegram.person("Ben");
    ben.join(group);
    ben.say(group, "hello");
    await client.gets(Api.UpdateNewChannelMessage, ({ message }) => message instanceof Api.Message);
    await expect(client.api.getInputEntity(ben.account.id)).rejects.toThrow("USER_ID_INVALID");
  });

  test("must ask with a fresh reference for a file that it saw long ago", async () => {
    const client = await openClient(telegram, nexus);
    anna.sendVoice(group);
    const { message } = await client.gets(Api.UpdateNewChannelMessage);
    telegram.world.expireFileReferences();
    if (!(message instanceof Api.Message && message.document)) expect.fail("a voice note");
    const { id, accessHash, fileReference } =
      message.document instanceof Api.Document ? message.document : expect.fail();
    const location = new Api.InputDocumentFileLocation({ id, accessHash, fileReference, thumbSize: "" });
    const ask = client.api.invoke(new Api.upload.GetFile({ location, offset: accessHash.multiply(0), limit: 4096 }));
    await expect(ask).rejects.toThrow("FILE_REFERENCE_EXPIRED");
  });
});

describe("waiting", () => {
  test("ends with what is there already, with what comes, or with a sentence", async () => {
    const said = anna.say(group, "now");
    expect(await anna.hears(group, { text: "now" })).toBe(said);
    const later = anna.hears(group, { text: /^lat/, after: said });
    const answer = anna.say(group, "later");
    expect(await later).toBe(answer);
    await expect(anna.hears(group, { from: nexus, replyTo: said }, { timeoutMs: 1 })).rejects.toThrow(
      'waited for a message from Nexus in reply to "now"; it did not happen within 1 ms. The last that was said: Anna',
    );
    const gaveUp = new AbortController();
    const waiting = anna.hears(group, { text: "never" }, { signal: gaveUp.signal });
    gaveUp.abort();
    await expect(waiting).rejects.toThrow("the test gave up");
  });
});
