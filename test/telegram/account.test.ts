/** What keeps an account from serving, each with a sentence; and that nothing else is touched by it. */
import { statSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { listen } from "./hearing.ts";
import type { Person } from "./person.ts";
import { startTelegram, type Telegram } from "./telegram.ts";
import type { Account, Supergroup } from "./world/model.ts";

describe("a Telegram account", () => {
  let telegram: Telegram;
  let anna: Person;
  let nexus: Account;
  let group: Supergroup;

  beforeEach(async () => {
    telegram = await startTelegram();
    anna = telegram.person("Anna");
    nexus = telegram.account("Nexus");
    group = telegram.supergroup("The team", [anna.account, nexus]);
  });
  afterEach(() => telegram.close());

  const send = { id: 1, topic: null, replyTo: null, text: "hello", randomId: "5" };

  test("that was logged out says so and how to log in, and what it should send fails with the same sentence", async () => {
    const session = telegram.sessionOf(nexus);
    telegram.revoke(nexus);
    const { transport } = await listen(telegram, nexus, group, { session });
    const because =
      "The Telegram account of nexus cannot be used: its session was ended. Log in again: `kaos telegram login nexus`.";
    expect(transport.trouble()).toBe(because);
    expect(await transport.send({ ...send, room: `telegram:${group.id}` })).toEqual({ kind: "never", because });
  });

  test("that is logged out while it serves stops serving", async () => {
    const { troubled } = await listen(telegram, nexus, group);
    telegram.revoke(nexus);
    telegram.cut();
    await troubled(/its session was ended/);
  });

  test("whose key Telegram has forgotten keeps its session file and says so", async () => {
    const { troubled, paths } = await listen(telegram, nexus, group);
    telegram.forgetKeys(nexus);
    telegram.cut();
    await troubled(/does not know its session/);
    expect(statSync(paths.session).size).toBeGreaterThan(100);
  });

  test("that was banned says whom to write to", async () => {
    telegram.ban(nexus);
    const { transport } = await listen(telegram, nexus, group);
    expect(transport.trouble()).toMatch(/Telegram has banned the account.*recover@telegram\.org/);
  });

  test("that is not in the group says so", async () => {
    const outsider = telegram.account("Impulse");
    const { transport } = await listen(telegram, outsider, group, { agent: "impulse" });
    expect(transport.trouble()).toMatch(
      /The Telegram account of impulse is not in the group -100\d+\. Invite it there/,
    );
  });

  test("in a basic group says how to make a supergroup of it", async () => {
    const basic = telegram.basicGroup("Old friends", [anna.account, nexus]);
    const { transport } = await listen(telegram, nexus, group, { group: String(-basic.id) });
    expect(transport.trouble()).toMatch(/"Old friends" is a basic group.*Make it a supergroup/);
  });

  test("of another agent is refused, whoever of the two comes first", async () => {
    const { transport } = await listen(telegram, nexus, group, { members: { kronos: nexus } });
    expect(transport.trouble()).toMatch(/nexus and kronos have the same Telegram account .*kaos telegram login nexus/);
  });

  test("finds its group by number, by name and by link", async () => {
    const open = telegram.supergroup("Open house", [anna.account, nexus], { username: "open_house" });
    for (const name of [
      "@open_house",
      "https://t.me/open_house",
      `-100${open.id}`,
      String(open.id),
      `https://t.me/+${open.invite}`,
    ]) {
      const { transport } = await listen(telegram, nexus, open, { group: name });
      expect([name, transport.trouble()]).toEqual([name, undefined]);
      await transport.close();
    }
  });

  test("keeps its session for its owner alone", async () => {
    const { paths } = await listen(telegram, nexus, group);
    expect(statSync(paths.session).mode & 0o777).toBe(0o600);
    expect(statSync(paths.position).mode & 0o777).toBe(0o600);
  });

  test("waits while Telegram cannot be reached, and serves when it can", async () => {
    const { transport, hears } = await listen(telegram, nexus, group);
    telegram.down();
    const room = `telegram:${group.id}`;
    telegram.up();
    anna.say(group, "back?");
    await hears("said");
    expect(await transport.send({ ...send, room })).toMatchObject({ kind: "sent" });
  });
});
