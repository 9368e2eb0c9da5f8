import { expect, test } from "vitest";
import { readReference } from "../../../../shared/transport/telegram/group.ts";

test.each([
  ["-1001234567890", { id: "1234567890" }],
  ["1234567890", { id: "1234567890" }],
  ["https://t.me/c/1234567890/15", { id: "1234567890" }],
  ["@The_Team", { username: "the_team" }],
  ["t.me/the_team", { username: "the_team" }],
  ["https://t.me/+AbC-d_1", { invite: "AbC-d_1" }],
  ["https://t.me/joinchat/AbC", { invite: "AbC" }],
  ["our team", undefined],
  ["", undefined],
])("%j names a group, or does not", (text, reference) => {
  expect(readReference(text)).toEqual(reference);
});
