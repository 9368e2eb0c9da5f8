/** What an account sends, to the real wire and once. */
import type { Api } from "telegram";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Outgoing } from "../../shared/transport/index.ts";
import { type Listening, listen } from "./hearing.ts";
import type { Person } from "./person.ts";
import { startTelegram, type Telegram } from "./telegram.ts";
import { type Account, idFor, type Message, type Supergroup } from "./world/model.ts";

describe("sending on Telegram", () => {
  let telegram: Telegram;
  let anna: Person;
  let nexus: Account;
  let group: Supergroup;
  let randomIds = 1_000;

  beforeEach(async () => {
    telegram = await startTelegram();
    anna = telegram.person("Anna");
    nexus = telegram.account("Nexus", { username: "nexus_kaos" });
    group = telegram.supergroup("The team", [anna.account, nexus]);
  });
  afterEach(() => telegram.close());

  const idOf = (message: Message) => String(idFor(message, nexus));
  const letter = (text: string, more: Partial<Outgoing> = {}): Outgoing => ({
    id: 1,
    room: `telegram:${group.id}`,
    topic: null,
    replyTo: null,
    text,
    randomId: String(++randomIds),
    ...more,
  });
  const sends = () => telegram.calls.filter(({ method }) => method === "messages.SendMessage");

  test("an answer appears under the message it answers, and the sender itself hears it as the agent's", async () => {
    const { transport, hears } = await listen(telegram, nexus, group);
    const asked = anna.say(group, "why?");
    const delivery = await transport.send(letter("because", { replyTo: idOf(asked) }));
    const answer = await anna.hears(group, { from: nexus, replyTo: asked });
    expect(delivery).toEqual({ kind: "sent", messageId: idOf(answer) });
    expect(await hears("said", ({ text }) => text === "because")).toMatchObject({
      messageId: idOf(answer),
      sender: { kind: "agent", name: "nexus" },
      replyTo: idOf(asked),
    });
  });

  test("in a topic it stays in the topic, whether it answers somebody or not", async () => {
    const forum = telegram.supergroup("The forum", [anna.account, nexus], { forum: true });
    const topic = anna.openTopic(forum, "Releases");
    const { transport } = await listen(telegram, nexus, forum);
    const asked = anna.say(forum, "when?", { topic });
    const place = { room: `telegram:${forum.id}`, topic: String(topic.id) };
    await transport.send(letter("friday", { ...place, replyTo: idOf(asked) }));
    await transport.send(letter("or monday", place));
    expect(await anna.hears(forum, { topic, replyTo: asked, text: "friday" })).toBeDefined();
    expect(await anna.hears(forum, { topic, text: "or monday" })).toBeDefined();
  });

  test("markdown becomes emphasis that stands where it should, after emoji too", async () => {
    const { transport } = await listen(telegram, nexus, group);
    await transport.send(letter("🎉🎉 **Done**: see [the plan](https://example.com/plan) and `npm test`"));
    const { text, entities } = await anna.hears(group, { from: nexus });
    expect(text).toBe("🎉🎉 Done: see the plan and npm test");
    const marked = entities.map((one: Api.TypeMessageEntity) => [
      one.className.replace("MessageEntity", ""),
      text.slice(one.offset, one.offset + one.length),
    ]);
    expect(marked).toEqual([
      ["Bold", "Done"],
      ["TextUrl", "the plan"],
      ["Code", "npm test"],
    ]);
  });

  test("the same letter sent again is the same message", async () => {
    const { transport, again } = await listen(telegram, nexus, group);
    const one = letter("once");
    const first = await transport.send(one);
    const { transport: later } = await again();
    expect(await later.send(one)).toEqual(first);
    expect(telegram.messages(group).map(({ text }) => text)).toEqual(["once"]);
  });

  test("a connection that is cut in the middle of sending loses nothing and repeats nothing", async () => {
    const { transport } = await listen(telegram, nexus, group);
    for (const cut of ["before", "after"] as const) {
      telegram.faults.call({ method: "messages.SendMessage", cut });
      const one = letter(`cut ${cut}`);
      const delivery = await sendUntilSettled(transport, one);
      const message = await anna.hears(group, { text: `cut ${cut}` });
      expect(delivery).toEqual({ kind: "sent", messageId: idOf(message) });
    }
    expect(telegram.repeated()).toEqual([]);
  });

  test("a flood wait is obeyed: nothing is sent before it is over, by no process of this account", async () => {
    const { transport, again } = await listen(telegram, nexus, group);
    telegram.faults.call({ method: "messages.SendMessage", error: "FLOOD_WAIT_2" });
    const waited = await transport.send(letter("first"));
    expect(waited).toEqual({ kind: "later", afterMs: 2_000, because: "Telegram asks to wait 2 s", asked: true });
    const { transport: later } = await again();
    const refused = await later.send(letter("second"));
    expect(refused).toMatchObject({ kind: "later", asked: true });
    expect(sends()).toHaveLength(1);
    const delivery = await sendUntilSettled(later, letter("third"));
    expect(delivery.kind).toBe("sent");
    expect(telegram.messages(group).map(({ text }) => text)).toEqual(["third"]);
  });

  test("an account that Telegram limits stops, and says what to do", async () => {
    const { transport } = await listen(telegram, nexus, group);
    telegram.faults.call({ method: "messages.SendMessage", error: "PEER_FLOOD" });
    const delivery = await transport.send(letter("too much"));
    expect(delivery).toMatchObject({ kind: "never", because: expect.stringContaining("@SpamBot") });
    expect(await transport.send(letter("more"))).toMatchObject({ kind: "later", asked: true });
    expect(sends()).toHaveLength(1);
  });

  test("where it may not write, it says so at once", async () => {
    const { transport } = await listen(telegram, nexus, group);
    telegram.faults.call({ method: "messages.SendMessage", error: "CHAT_WRITE_FORBIDDEN", code: 403 });
    expect(await transport.send(letter("hello"))).toMatchObject({
      kind: "never",
      because: expect.stringContaining("may not write in this group"),
    });
    expect(await transport.send(letter("hello", { room: "telegram:77" }))).toMatchObject({ kind: "never" });
  });

  test("when its emphasis is refused, the words are sent plain", async () => {
    const { transport } = await listen(telegram, nexus, group);
    telegram.faults.call({ method: "messages.SendMessage", error: "ENTITY_BOUNDS_INVALID" });
    expect((await transport.send(letter("**Ship** it"))).kind).toBe("sent");
    expect((await anna.hears(group, { text: "Ship it" })).entities).toEqual([]);
  });

  test("the answer to a message that is gone appears without it", async () => {
    const { transport } = await listen(telegram, nexus, group);
    const asked = anna.say(group, "never mind");
    anna.remove(asked);
    const delivery = await transport.send(letter("I did mind", { replyTo: idOf(asked) }));
    expect(delivery.kind).toBe("sent");
    expect((await anna.hears(group, { from: nexus })).replyTo).toBeNull();
  });

  test("somebody sees that it types until it is told to stop, and it can react", async () => {
    const { transport } = await listen(telegram, nexus, group);
    const stop = new AbortController();
    const typing = transport.typing({ room: `telegram:${group.id}`, topic: null }, stop.signal);
    await telegram.until("typing", () => telegram.calls.some(({ method }) => method === "messages.SetTyping"));
    stop.abort();
    await typing;
    const said = anna.say(group, "we shipped");
    const reacted = await transport.react({ room: `telegram:${group.id}`, messageId: idOf(said) }, "🎉");
    expect(reacted.kind).toBe("sent");
    expect([...said.reactions]).toEqual([[nexus, ["🎉"]]]);
    const refused = await transport.react({ room: `telegram:${group.id}`, messageId: idOf(said) }, "🦖");
    expect(refused).toMatchObject({ kind: "never", because: expect.stringContaining("REACTION_INVALID") });
  });
});

/** What an outbox does: again and again, when it was told to. */
async function sendUntilSettled(transport: Listening["transport"], letter: Outgoing) {
  while (true) {
    const delivery = await transport.send(letter);
    if (delivery.kind !== "later") return delivery;
    await new Promise((resolve) => setTimeout(resolve, Math.min(delivery.afterMs, 500)));
  }
}
