import { expect, test } from "vitest";
import { newFolder } from "../hearing.ts";
import { soak } from "./soak.ts";

test("two hours of trouble with the connection: nothing is missed, nothing is said twice", {
  timeout: 240_000,
}, async () => {
  const { said, missed, repeated, unanswered } = await soak({ hours: 2, seed: 3, folder: newFolder() });
  expect(said).toBeGreaterThan(50);
  expect({ missed, repeated, unanswered }).toEqual({ missed: [], repeated: [], unanswered: [] });
});
