/** Writing into the room: kept once, refused with a sentence, never lost. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { MESSAGE_CHARACTERS_MAX } from "../../shared/ledger/index.ts";
import { member, openTestHome, type TestHome } from "./home.ts";

let home: TestHome;
let person: Awaited<ReturnType<typeof member>>;
beforeEach(async () => {
  home = await openTestHome();
  person = await member(home);
});
afterEach(() => home.close());

const room = async () => (await home.ledger.messages.latest("room:main", 99)).map(({ text }) => text);
const say = (form: Record<string, string>, headers = {}) =>
  person.post("/room/messages", { csrf: person.csrf, ...form }, headers);

test("a message of the owner stands in the ledger, and the browser is back in the room", async () => {
  const answer = await say({ text: "  Good morning,\r\nall of you.  " });
  expect([answer.status, answer.headers.get("location")]).toEqual([303, "/room#now"]);
  const [message] = await home.ledger.messages.latest("room:main", 1);
  expect(message).toMatchObject({
    text: "Good morning,\nall of you.",
    sender: { kind: "owner", id: "owner", name: "you" },
    room: "room:main",
    hops: 0,
  });
});

test("htmx gets an empty composer back", async () => {
  const answer = await say({ text: "hello" }, { "hx-request": "true" });
  expect(answer.status).toBe(200);
  const fragment = await answer.text();
  expect(fragment).toMatch(/^\s*<form id="composer"/);
  expect(fragment).toMatch(/<textarea[^>]*><\/textarea>/);
});

test.each(["", "   \n\t "])("an empty message (%j) is refused with a sentence", async (text) => {
  const answer = await say({ text }, { "hx-request": "true" });
  expect(answer.status).toBe(422);
  expect(await answer.text()).toContain("Write something first");
  expect(await room()).toEqual([]);
});

test("a message that is too long is refused with both numbers, and stays in the composer", async () => {
  const text = "ы".repeat(MESSAGE_CHARACTERS_MAX + 1);
  const answer = await say({ text });
  expect(answer.status).toBe(422);
  const page = await answer.text();
  expect(page).toContain("16,001 characters, and 16,000 fit");
  expect(page).toContain(`>${text}</textarea>`);
  expect(await room()).toEqual([]);
  expect((await say({ text: text.slice(1) })).status).toBe(303);
});

test("the same form sent twice says it once", async () => {
  const key = "abcdefghij1234";
  await Promise.all([say({ text: "once", key }), say({ text: "once", key })]);
  expect(await room()).toEqual(["once"]);
});

test("an old form with another text is another message", async () => {
  const key = "abcdefghij1234";
  await say({ text: "first", key });
  await say({ text: "second", key });
  expect(await room()).toEqual(["first", "second"]);
});

test("the examples of an empty room are one press away", async () => {
  const page = await (await person.get("/room")).text();
  const examples = [...page.matchAll(/<button class="button" name="text" value="([^"]+)"/g)].map(
    ([, text]) => text ?? "",
  );
  expect(examples).toHaveLength(3);
  await say({ text: examples[0] ?? "" });
  expect(await room()).toEqual([examples[0]]);
});
