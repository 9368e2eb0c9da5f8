/** Discord over the real client library, a gateway and a REST API on loopback: the contract, hearing, and sending once. */
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { OperationalError, silentLog, systemClock } from "../../shared/base/index.ts";
import { createDiscord, type Heard, type HeardReactions, type Outgoing } from "../../shared/transport/index.ts";
import { transportContract } from "../contracts/transport.ts";
import { createWaiting } from "../telegram/waiting.ts";
import { type Account, CHANNEL, type Discord, startDiscord } from "./discord.ts";

class Busy extends OperationalError {
  override readonly name = "Busy";
}

const room = `discord:${CHANNEL}`;
let randomIds = 0;
const letter = (text: string, replyTo: string | null): Outgoing => ({
  ...{ id: 1, room, topic: null, replyTo, text },
  randomId: `90000000000000${++randomIds}`,
});

type Told =
  | ({ kind: "said" } & Heard)
  | ({ kind: "reacted" } & HeardReactions)
  | { kind: "edited" | "deleted"; messageId: string; text?: string };

async function listen(
  discord: Discord,
  bot: Account,
  owner?: Account,
  peers: Record<string, Account> = {},
  { token = bot.token, lastHeard, refuse = 0 }: { token?: string; lastHeard?: string; refuse?: number } = {},
) {
  const told: Told[] = [];
  let refusals = refuse;
  const waiting = createWaiting(() => JSON.stringify(told));
  const tell = async (one: Told) => {
    if (refusals-- > 0) throw new Busy("the ledger is busy");
    told.push(one);
    waiting.noticed();
  };
  const transport = createDiscord({
    agent: "nexus",
    token,
    channel: CHANNEL,
    bots: Object.fromEntries(Object.entries({ nexus: bot, ...peers }).map(([name, one]) => [name, one.token])),
    owners: owner === undefined ? [] : [owner.id],
    allowed: [],
    catchUpMaxAgeMs: 600_000,
    lastHeard: async () => lastHeard,
    api: discord.api,
    clock: systemClock,
    log: silentLog,
  });
  const started = transport.start({
    said: (heard) => tell({ kind: "said", ...heard }),
    edited: ({ messageId, text }) => tell({ kind: "edited", messageId, text }),
    deleted: ({ messageId }) => tell({ kind: "deleted", messageId }),
    reacted: (reacted) => tell({ kind: "reacted", ...reacted }),
  });
  const hears = (fits: (one: Told) => boolean) => waiting.until("something told", () => told.find(fits));
  const texts = () => told.flatMap((one) => (one.kind === "said" ? [one.text] : []));
  return { transport, told, hears, texts, started };
}

transportContract("Discord", async () => {
  const discord = await startDiscord();
  const anna = discord.account("Anna");
  const nexus = discord.account("Nexus");
  const { transport, started } = await listen(discord, nexus, anna);
  await started;
  return {
    transport,
    room,
    say: async (text) => discord.say(anna, text).id,
    letter: async (text, replyTo) => letter(text, replyTo),
    unsendable: async (one) => ({ ...one, room: "discord:77" }),
    shown: async () =>
      discord.rows
        .filter(({ author }) => author === nexus)
        .map(({ id, content, replyTo }) => ({ messageId: id, text: content, replyTo })),
    async close() {
      await transport.close();
      await discord.close();
    },
  };
});

describe("a bot", () => {
  let discord: Discord;
  let anna: Account;
  let nexus: Account;

  beforeEach(async () => {
    discord = await startDiscord();
    anna = discord.account("Anna");
    nexus = discord.account("Nexus");
  });
  afterEach(() => discord.close());

  type More = Parameters<typeof listen> extends [Discord, Account, ...infer Rest] ? Rest : never;
  async function start(...more: More) {
    const one = await listen(discord, nexus, ...more);
    onTestFinished(() => one.transport.close());
    await one.started;
    return one;
  }

  test("hears people and colleagues, by their numbers alone, and an agent's account by its name", async () => {
    const kronos = discord.account("Some Bot");
    const { told, hears } = await start(anna, { kronos });
    discord.say(anna, `<@${nexus.id}> and <@${kronos.id}>, what is new?`);
    discord.say(discord.account("Anna"), "I am Anna as well");
    discord.say(kronos, "Nothing.");
    await hears((one) => one.kind === "said" && one.text === "Nothing.");
    expect(told).toMatchObject([
      { sender: { kind: "owner", name: "Anna" }, text: "@nexus and @kronos, what is new?", room, topic: null },
      { sender: { kind: "stranger", name: "Anna" } },
      { sender: { kind: "agent", name: "kronos" } },
    ]);
  });

  test("hears edits, deletions and reactions", async () => {
    const { hears } = await start(anna);
    const said = discord.say(anna, "one");
    discord.edit(said, "two");
    await hears((one) => one.kind === "edited" && one.text === "two");
    discord.react(said, anna, "👍");
    const reacted = await hears((one) => one.kind === "reacted");
    expect(reacted).toMatchObject({ messageId: said.id, reactions: [{ by: { kind: "owner" }, emoji: "👍" }] });
    discord.remove(said);
    await hears((one) => one.kind === "deleted" && one.messageId === said.id);
  });

  test("hears after a cut what was said meanwhile", async () => {
    const { hears } = await start(anna);
    discord.say(anna, "before");
    await hears((one) => one.kind === "said" && one.text === "before");
    discord.cut();
    discord.say(anna, "meanwhile");
    await hears((one) => one.kind === "said" && one.text === "meanwhile");
  });

  test("hears what was said while it was away, in the channel and in its threads, in order and before what is said now", async () => {
    const known = discord.say(anna, "known");
    const thread = discord.thread("plans");
    discord.say(anna, "one");
    discord.say(anna, "two, in the thread", { channel: thread });
    discord.say(anna, "three");
    discord.fault({ method: "GET", status: 429, headers: { "retry-after": "0.01" }, body: { retry_after: 0.01 } });
    const { hears, told, texts } = await start(anna, {}, { lastHeard: known.id });
    discord.say(anna, "now");
    await hears((one) => one.kind === "said" && one.text === "now");
    expect(texts()).toEqual(["one", "two, in the thread", "three", "now"]);
    expect(told[1]).toMatchObject({ topic: thread });
  });

  test("keeps what it heard until it is recorded, and what comes after it waits", async () => {
    const { hears, texts } = await start(anna, {}, { refuse: 2 });
    discord.say(anna, "first");
    discord.say(anna, "second");
    await hears((one) => one.kind === "said" && one.text === "second");
    expect(texts()).toEqual(["first", "second"]);
  });

  test("that Discord does not answer while it connects is closed at once", async () => {
    discord.fallSilent();
    const { transport, started } = await listen(discord, nexus, anna);
    await Promise.all([transport.close(), started]);
    expect(await transport.send(letter("hello", null))).toMatchObject({ kind: "later", asked: true });
  });

  test("that nobody answers has not failed, and lets others speak meanwhile", async () => {
    const { transport } = await start(anna);
    discord.fault({ status: 0 });
    const silence = { kind: "later", asked: true, because: expect.stringContaining("did not answer") };
    expect(await transport.send(letter("hello", null))).toMatchObject(silence);
    const asked = discord.calls.length;
    expect(await transport.send(letter("hello", null))).toMatchObject(silence);
    expect(discord.calls).toHaveLength(asked);
  });

  test("whose answer was lost says it once, minutes later too", async () => {
    const { transport } = await start(anna);
    const asked = discord.say(anna, "why?");
    discord.fault({ status: 502, body: {}, after: true });
    const one = letter("because", asked.id);
    expect(await transport.send(one)).toMatchObject({ kind: "later" });
    expect(await transport.send({ ...one, randomId: "1" })).toMatchObject({ kind: "sent" });
    expect(discord.rows.filter(({ author }) => author === nexus)).toHaveLength(1);
  });

  test("waits as long as Discord asks", async () => {
    const { transport } = await start(anna);
    discord.fault({
      status: 429,
      headers: { "retry-after": "7", "x-ratelimit-scope": "user" },
      body: { message: "You are being rate limited.", retry_after: 7, global: false },
    });
    expect(await transport.send(letter("hello", null))).toMatchObject({ kind: "later", asked: true });
  });

  test("says for good what it may not", async () => {
    const { transport } = await start(anna);
    discord.fault({ status: 403, body: { code: 50_013, message: "Missing Permissions" } });
    expect(await transport.send(letter("hello", null))).toEqual({
      kind: "never",
      because: "Discord refused: Missing Permissions (50013).",
    });
  });

  test("with a wrong token says so, and no letter is lost", async () => {
    const { transport } = await start(anna, {}, { token: "wrong.token.here" });
    expect(await transport.send(letter("hello", null))).toMatchObject({
      kind: "later",
      because: "Discord does not know this bot's token.",
    });
  });
});
