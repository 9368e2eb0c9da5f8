import { describe, expect, test } from "vitest";
import type { Ran } from "../../../shared/engine/index.ts";
import { CALLS_MAX, judgeLoop } from "../../../shared/security/index.ts";

/** A turn that does what `call` says until it is stopped; withheld calls are asked for again. */
function play(call: (at: number) => Ran): { kinds: string[]; because: string } {
  const ran: Ran[] = [];
  const kinds: string[] = [];
  for (let at = 0; at < 100; at++) {
    const next = call(at);
    const verdict = judgeLoop(ran, next);
    kinds.push(verdict.kind);
    if (verdict.kind === "stop") return { kinds, because: verdict.because };
    ran.push(verdict.kind === "withhold" ? { ...next, result: "" } : next);
  }
  throw new Error("nothing stopped it");
}

describe.each([1, 2, 3, 4, 5])("a circle of %i calls", (period) => {
  test.each([
    ["with the same arguments", (at: number) => `tool${at % period}`],
    ["with ever new arguments", (at: number) => `tool${at % period} ${at}`],
  ])("%s is warned, withheld and stopped in time", (_how, keyOf) => {
    const { kinds } = play((at) => ({
      tool: `tool${at % period}`,
      key: keyOf(at),
      result: `result of tool${at % period}`,
    }));
    expect(kinds).toContain("warn");
    expect(kinds).toContain("withhold");
    expect(kinds.at(-1)).toBe("stop");
    expect(kinds.length).toBeLessThanOrEqual(CALLS_MAX + 1);
    expect(kinds.indexOf("warn")).toBeLessThan(kinds.indexOf("withhold"));
  });
});

test("a tool that brings the same again and again is stopped, whatever it is asked", () => {
  const { kinds, because } = play((at) => ({ tool: "fetch-page", key: `page ${at}`, result: "not found" }));
  expect(new Set(kinds)).toEqual(new Set(["fine", "warn", "withhold", "stop"]));
  expect(because).toMatch(/the same result/);
});

test("work that brings news is left alone until there are too many calls", () => {
  const { kinds, because } = play((at) => ({
    tool: at % 2 === 0 ? "read-page" : "note",
    key: `${at}`,
    result: `${at}`,
  }));
  expect(new Set(kinds.slice(0, -1))).toEqual(new Set(["fine"]));
  expect(kinds.length).toBe(CALLS_MAX + 1);
  expect(because).toMatch(/30 calls/);
});
