/** `kaos sim` as a person or a script calls it. */
import { describe, expect, test } from "vitest";
import { kaos, newHome } from "./kaos.ts";

describe("kaos sim", () => {
  test("runs many small worlds and tells them in one line of JSON", async () => {
    const words = ["sim", "--seeds", "1..3", "--messages", "5", "--json"];
    const { stdout, code } = await kaos(newHome(), words);
    expect(stdout.trim().split("\n")).toHaveLength(1);
    expect(JSON.parse(stdout)).toMatchObject({ seeds: 3, first: 1, last: 3, messages: 5, violations: 0, broken: [] });
    expect(code).toBe(0);
  });

  test.each(["3..1", "all", "1-3"])("says how seeds are written when it reads %s", async (seeds) => {
    const { stderr, code } = await kaos(newHome(), ["sim", "--seeds", seeds]);
    expect(stderr).toContain("Write two seeds as 1..200");
    expect(code).toBe(2);
  });
});
