/** Whatever happens, every box counts without gaps: an account can find out that it missed something, and what. */

import fc from "fast-check";
import { Api } from "telegram";
import { expect, test } from "vitest";
import { entitiesIn } from "./entities.ts";
import { type Account, type Box, idFor, type Room } from "./model.ts";
import { accessHashFor } from "./show-people.ts";
import { createWorld } from "./world.ts";

function populated() {
  const world = createWorld();
  const [anna, ben, cleo] = [world.addAccount("Anna"), world.addAccount("Ben"), world.addAccount("Cleo")];
  const group = world.addSupergroup("The team", [anna, ben, cleo]);
  const basic = world.addBasicGroup("Small", [anna, ben]);
  const rooms: Room[] = [group, basic, world.privateChat(anna, ben), world.privateChat(anna, anna)];
  return { world, accounts: [anna, ben, cleo] as const, group, rooms };
}

function expectNoGaps({ events, pts, messages }: Box): void {
  let at = 1;
  for (const event of events) {
    expect(event.pts - event.count).toBe(at);
    at = event.pts;
  }
  expect(at).toBe(pts);
  expect(new Set(messages.keys()).size).toBe(messages.size);
}

const act = fc.record({
  room: fc.nat(3),
  kind: fc.constantFrom("post", "edit", "remove", "react"),
  target: fc.nat(20),
});

test("the pts of every box rise by what each event counts", () => {
  fc.assert(
    fc.property(fc.array(act, { maxLength: 40 }), (acts) => {
      const { world, accounts, group, rooms } = populated();
      for (const { room, kind, target } of acts) {
        const place = rooms[room] ?? group;
        const [author] = place.members;
        const said = world.messages.filter((message) => message.room === place && !message.isDeleted);
        const message = said[target % Math.max(1, said.length)];
        if (!message || kind === "post") world.post({ room: place, author: author ?? accounts[0], text: "words" });
        else if (kind === "edit") world.edit(message, "other words");
        else if (kind === "remove") world.remove([message, ...said.slice(0, 1)]);
        else world.react(message, accounts[0], ["👍"]);
      }
      for (const box of [group.box, ...accounts.map((account) => account.box)]) expectNoGaps(box);
    }),
    { numRuns: 50 },
  );
});

test("a message has one number in a supergroup and one for each account elsewhere", () => {
  const { world, accounts, group, rooms } = populated();
  const [anna, ben, cleo] = accounts;
  const inGroup = world.post({ room: group, author: anna, text: "to all" });
  expect(new Set([anna, ben, cleo].map((account) => idFor(inGroup, account))).size).toBe(1);
  for (const room of rooms.slice(1, 3)) {
    const message = world.post({ room, author: anna, text: "to some" });
    expect(idFor(message, anna)).not.toBe(idFor(message, ben));
    expect(() => idFor(message, cleo)).toThrow("Cleo has no copy");
  }
});

test("those who listen are told once of everything, with the event of each box it concerns", () => {
  const { world, accounts, rooms } = populated();
  const heard: string[] = [];
  const stop = world.listen((happening) =>
    heard.push(happening.kind === "recorded" ? `recorded in ${happening.events.size}` : happening.kind),
  );
  const [anna, ben] = accounts;
  const message = world.post({ room: rooms[2] ?? expect.fail(), author: anna, text: "hello" });
  world.react(message, ben, ["👍"]);
  world.remove([message, message]);
  world.remove([message]);
  stop();
  world.post({ room: message.room, author: ben, text: "unheard" });
  expect(heard).toEqual(["recorded in 2", "reacted", "recorded in 2"]);
});

test("an access hash belongs to one viewer and one thing", () => {
  const viewers = populated().accounts;
  const hashes = viewers.flatMap((viewer: Account) =>
    [1, 2].flatMap((id) => (["user", "channel"] as const).map((kind) => accessHashFor(viewer, kind, id).toString())),
  );
  expect(new Set(hashes).size).toBe(hashes.length);
});

test("links, names, tags and commands are marked by themselves, the author's own marks come first", () => {
  const text = "/why @anna_writes, see https://a.example/#top #now";
  expect(entitiesIn(text).map(({ className }) => className.replace("MessageEntity", ""))).toEqual([
    "BotCommand",
    "Mention",
    "Url",
    "Hashtag",
  ]);
  const own = new Api.MessageEntityBold({ offset: 0, length: text.length });
  expect(entitiesIn(text, [own])).toEqual([own]);
});
