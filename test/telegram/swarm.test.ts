/** The swarm on Telegram: real agents, the real library, one group on the loopback server. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Ledger, Message } from "../../shared/ledger/index.ts";
import { createRoom } from "../../shared/transport/index.ts";
import { createWorld } from "../shared/agent/world.ts";
import type { Person } from "./person.ts";
import { createSwarm } from "./swarm.ts";
import { startTelegram, type Telegram } from "./telegram.ts";
import { type Account, idFor, type Supergroup } from "./world/model.ts";

describe("agents in a Telegram group", () => {
  let telegram: Telegram;
  let anna: Person;
  let kronos: Account;
  let nexus: Account;
  let group: Supergroup;
  let swarm: Awaited<ReturnType<typeof createSwarm>>;

  beforeEach(async () => {
    telegram = await startTelegram();
    anna = telegram.person("Anna");
    kronos = telegram.account("Kronos", { username: "kronos_kaos" });
    nexus = telegram.account("Nexus", { username: "nexus_kaos" });
    group = telegram.supergroup("The team", [anna.account, kronos, nexus], { forum: true });
    swarm = await createSwarm(telegram, { accounts: { kronos, nexus }, owner: anna.account, group });
  });
  afterEach(() => {
    expect(telegram.repeated()).toEqual([]);
    return telegram.close();
  });

  test("whoever is addressed answers under the message, and everybody's decision is recorded once", async () => {
    await swarm.start("kronos");
    await swarm.start("nexus");
    const asked = anna.say(group, "@nexus_kaos what changed?");
    await anna.hears(group, { from: nexus, replyTo: asked, text: "nexus answers, 1" });
    const { seq } = await swarm.row(asked);
    expect(await swarm.outcomes(seq, "kronos", "nexus")).toEqual({ kronos: "declined", nexus: "replied" });
    const rows = await swarm.ledger.messages.latest(`telegram:${group.id}`, 10);
    expect(rows.map(({ text, sender }) => `${sender.kind} ${sender.name}: ${text}`)).toEqual([
      "owner Anna: @nexus_kaos what changed?",
      "agent nexus: nexus answers, 1",
    ]);
  });

  test("a reply to an agent's message addresses it", async () => {
    await swarm.start("kronos");
    await swarm.start("nexus");
    const asked = anna.say(group, "kronos, what first?");
    const answer = await anna.hears(group, { from: kronos, replyTo: asked });
    const back = anna.say(group, "and then?", { replyTo: answer });
    await anna.hears(group, { from: kronos, replyTo: back });
  });

  test("an answer stands in the topic of its question", async () => {
    const topic = anna.openTopic(group, "Releases");
    await swarm.start("kronos");
    const asked = anna.say(group, "kronos, when?", { topic });
    await anna.hears(group, { from: kronos, topic, replyTo: asked });
    expect((await swarm.row(asked)).topic).toBe(String(topic.id));
  });

  test("what was edited before the answer is answered as it stands then", async () => {
    const { requests } = await swarm.start("kronos", undefined, { pace: 0.4 });
    const asked = anna.say(group, "kronos, ship on monday?");
    await swarm.row(asked);
    anna.edit(asked, "kronos, ship on friday?");
    await anna.hears(group, { from: kronos, replyTo: asked });
    expect(JSON.stringify(requests.at(-1)?.entries)).toContain("ship on friday?");
  });

  test("what was deleted before the answer is answered by nobody", async () => {
    await swarm.start("kronos", undefined, { pace: 0.4 });
    const asked = anna.say(group, "kronos, never mind");
    const { seq } = await swarm.row(asked);
    anna.remove(asked);
    expect(await swarm.outcomes(seq, "kronos")).toEqual({ kronos: "declined" });
    expect(telegram.messages(group).filter(({ author }) => author === kronos)).toEqual([]);
  });

  test("an album is one message, answered once", async () => {
    await swarm.start("kronos");
    await swarm.start("nexus");
    const [first] = anna.sendAlbum(group, 4, "kronos, which of these?");
    await anna.hears(group, { from: kronos });
    const rows = await swarm.ledger.messages.latest(`telegram:${group.id}`, 10);
    expect(rows.filter(({ sender }) => sender.kind === "owner")).toMatchObject([
      { messageId: String(first && idFor(first, kronos)), text: "[4 × photo]\nkronos, which of these?" },
    ]);
    expect(telegram.messages(group).filter(({ author }) => author === kronos)).toHaveLength(1);
  });

  test("a flood wait delays the answer and loses nothing", async () => {
    await swarm.start("kronos");
    telegram.faults.call({ method: "messages.SendMessage", account: kronos, error: "FLOOD_WAIT_2" });
    const asked = anna.say(group, "kronos, hurry!");
    const sends = () => telegram.calls.filter(({ method }) => method === "messages.SendMessage");
    const toldAt = await telegram.until("the flood wait", () => sends().length === 1 && Date.now());
    await anna.hears(group, { from: kronos, replyTo: asked });
    expect(Date.now() - toldAt).toBeGreaterThanOrEqual(2_000);
    expect(sends()).toHaveLength(2);
    const { seq } = await swarm.row(asked);
    expect(await swarm.outcomes(seq, "kronos")).toEqual({ kronos: "replied" });
  });

  test.each(["before", "after"] as const)(
    "a line that is cut %s the effect of a send: the answer appears once",
    async (cut) => {
      await swarm.start("kronos");
      telegram.faults.call({ method: "messages.SendMessage", account: kronos, cut });
      const asked = anna.say(group, "kronos, are you there?");
      const { seq } = await swarm.row(asked);
      expect(await swarm.outcomes(seq, "kronos")).toEqual({ kronos: "replied" });
      expect(telegram.messages(group).filter(({ author }) => author === kronos)).toHaveLength(1);
    },
  );

  test("an agent that dies between sending and recording finds its answer when it comes back", async () => {
    const life = await swarm.start("kronos");
    telegram.faults.call({ method: "messages.SendMessage", account: kronos, cut: "after" });
    telegram.faults.call({ method: "messages.SendMessage", account: kronos, hang: true, times: 9 });
    const asked = anna.say(group, "kronos, one answer please");
    const answer = await anna.hears(group, { from: kronos, replyTo: asked });
    await life.stop();
    telegram.cut();
    await swarm.start("kronos");
    const { seq } = await swarm.row(asked);
    expect(await swarm.outcomes(seq, "kronos")).toEqual({ kronos: "replied" });
    expect(telegram.messages(group).filter(({ author }) => author === kronos)).toEqual([answer]);
  });

  test("what was said while all were away is answered when they are back", async () => {
    const life = await swarm.start("kronos");
    await life.stop();
    const asked = anna.say(group, "kronos, did you sleep?");
    await swarm.start("kronos");
    await anna.hears(group, { from: kronos, replyTo: asked });
  });

  test("what is too old when they are back is recorded and marked missed", async () => {
    const life = await swarm.start("kronos");
    await life.stop();
    const asked = anna.say(group, "kronos, urgent!");
    await swarm.start("kronos", undefined, { catchUpMaxAgeMs: -1 });
    const { seq } = await swarm.row(asked);
    expect(await swarm.outcomes(seq, "kronos")).toEqual({ kronos: "missed" });
  });

  test("a colleague whose account is logged out silences nobody else", async () => {
    telegram.revoke(nexus);
    const { trouble } = await swarm.start("nexus");
    await swarm.start("kronos");
    expect(trouble()).toMatch(/kaos telegram login nexus/);
    const asked = anna.say(group, "kronos, are you there?");
    await anna.hears(group, { from: kronos, replyTo: asked });
  });

  test("a person's reaction to an answer is kept as feedback", async () => {
    await swarm.start("kronos");
    const asked = anna.say(group, "kronos, a joke!");
    const answer = await anna.hears(group, { from: kronos, replyTo: asked });
    const { seq } = await swarm.row(answer);
    anna.react(answer, "👎");
    const [reaction] = await swarm.eventually("a reaction", async () => {
      const all = await swarm.ledger.reactions.ofMessage(seq);
      return all.length > 0 ? all : undefined;
    });
    expect(reaction).toMatchObject({ agent: "kronos", emoji: "👎", person: String(anna.account.id) });
  });
});

test("the same conversation has the same winners on the wire as in the ledger's own room", async () => {
  const names = ["kronos", "lacuna", "nexus"];
  const fits = { kronos: 8, lacuna: 9, nexus: 8 };
  const texts = ["The build takes ages today", "Nobody reads the newsletter", "Prices went up again"];

  const telegram = await startTelegram();
  const anna = telegram.person("Anna");
  const accounts = Object.fromEntries(names.map((name) => [name, telegram.account(name)]));
  const group = telegram.supergroup("The team", [anna.account, ...Object.values(accounts)]);
  const swarm = await createSwarm(telegram, { accounts, owner: anna.account, group });
  Object.assign(swarm.fits, fits);
  const lives = [];
  for (const name of names) lives.push(await swarm.start(name, undefined, { pace: 0.1 }));
  const winners: string[] = [];
  const said: Message[] = [];
  for (const text of texts) {
    const row = await swarm.row(anna.say(group, text));
    said.push(row);
    await swarm.outcomes(row.seq, ...names);
    winners.push(await winnersOf(swarm.ledger, row.seq));
  }
  for (const life of lives) await life.stop();
  await telegram.close();

  // The dice fall by room and message, so the local room is given the same names for both.
  const local = await createWorld(names);
  Object.assign(local.fits, fits);
  for (const name of names) {
    const post = (parcel: number) => local.ledger.outbox.post(parcel, { id: name, name });
    const room = { ...createRoom({ post, catchUpMaxAgeMs: 86_400_000 }), name: "telegram" };
    await local.start(name, undefined, { transports: [room] });
  }
  const winnersInRoom: string[] = [];
  for (const { text, room, messageId } of said) {
    const seq = await local.say(text, { room, messageId });
    await local.settled(seq, ...names);
    winnersInRoom.push(await winnersOf(local.ledger, seq));
  }
  expect(winners).toEqual(winnersInRoom);
  expect(winners.every((won) => won.split(" ").length === 2)).toBe(true);
});

/** Who answered, in the order of their slots. */
async function winnersOf(ledger: Ledger, root: number): Promise<string> {
  const claims = (await ledger.claims.ofRoot(root)).filter(({ message, slot }) => message === root && slot !== null);
  return claims
    .sort((a, b) => (a.slot ?? 0) - (b.slot ?? 0))
    .map(({ agent }) => agent)
    .join(" ");
}
