import { expect, test } from "vitest";
import { createKnown } from "../../../../shared/transport/telegram/gramjs/known.ts";

const anna = { id: "1", username: null, name: "Anna" };

test("a hash that is known stays known when the same person comes without one", () => {
  const known = createKnown();
  known.add("user 1", anna, "77");
  known.add("user 1", { ...anna, name: "Anna B." }, undefined);
  expect([known.get("user 1")?.name, known.hashOf("user 1")]).toEqual(["Anna B.", "77"]);
});

test("the one that was used longest ago is forgotten first", () => {
  const known = createKnown(2);
  known.add("user 1", anna, "1");
  known.add("user 2", anna, "2");
  known.hashOf("user 1");
  known.add("user 3", anna, "3");
  expect(["user 1", "user 2", "user 3"].map(known.hashOf)).toEqual(["1", undefined, "3"]);
});
