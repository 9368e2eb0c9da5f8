import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { calculate, evaluate } from "../../../shared/tools/calculate.ts";
import { toolContext } from "../../doubles/tool-context.ts";

describe("an expression has the value a person expects", () => {
  test.each([
    ["1 + 2 * 3", 7],
    ["(1 + 2) * 3", 9],
    ["10 - 4 - 3", 3],
    ["2 ^ 3 ^ 2", 512],
    ["2 ** 10", 1024],
    ["-2 ^ 2", -4],
    ["2 ^ -1", 0.5],
    ["- - 3", 3],
    ["17 % 5", 2],
    ["17 % (2 + 3)", 2],
    ["15% of 80", 12],
    ["15% OF (40 + 40)", 12],
    ["200 * 10%", 20],
    ["15%", 0.15],
    ["15% of 80 + 5", 17],
    [".5 + 1.", 1.5],
    ["1.5e3", 1500],
    ["6 × 7 ÷ 2 − 1", 20],
  ])("%s", (expression, value) => {
    expect(evaluate(expression)).toEqual({ ok: true, value });
  });
});

describe("what is wrong is said", () => {
  test.each([
    ["", "there is nothing to calculate"],
    ["   ", "there is nothing to calculate"],
    ["1 +", "it ends where a number is expected"],
    ["* 2", 'a number is expected before "*"'],
    ["(1 + 2", "a closing parenthesis is missing"],
    ["1 + 2)", '")" is not expected here'],
    ["2 3", "an operator is missing between two values"],
    ["2 (3)", "an operator is missing between two values"],
    ["1,234 + 1", "write numbers without separators and with a decimal point, for example 1234.5"],
    ["process.exit()", '"process.exit" is not arithmetic: use numbers, + - * / % ^ and parentheses'],
    ["1 / (2 - 2)", "division by zero"],
    ["5 % 0", "division by zero"],
    ["(-8) ^ 0.5", "the result is not a real number"],
    ["9 ^ 999", "the result is too large"],
    ["200 + 10%", 'a percentage of what? Write, for example, "200 + 10% of 200"'],
    ["3 of 4", '"of" follows a percentage, as in 15% of 80'],
    [`${"(".repeat(60)}1`, "it is nested deeper than 50 levels"],
    [`${"-".repeat(60)}1`, "it is nested deeper than 50 levels"],
  ])("%s", (expression, because) => {
    expect(evaluate(expression)).toEqual({ ok: false, because });
  });
});

const context = toolContext();

test.each([
  ["0.1 + 0.2", "0.1 + 0.2 = 0.3"],
  ["9007199254740991", "9007199254740991 = 9007199254740991"],
  ["2 ^ 64", "2 ^ 64 = about 18446744073709600000"],
])("the result of %s reads well", async (expression, text) => {
  expect(await calculate.run({ expression }, context)).toEqual({ text });
});

test("the tool refuses what it cannot calculate as bad arguments, and what is too long", () => {
  expect(calculate.input.safeParse({ expression: "1 +" }).error?.issues[0]?.message).toBe(
    "it ends where a number is expected",
  );
  expect(calculate.input.safeParse({ expression: "1+".repeat(300) }).success).toBe(false);
});

/** Expressions that mean the same in JavaScript: no sign directly before a power's base, no percentages. */
const expressions = fc.letrec<{ sum: string; value: string }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    fc.integer({ min: 0, max: 30 }).map(String),
    fc.integer({ min: 0, max: 999 }).map((n) => String(n / 10)),
    tie("sum").map((inner) => `(${inner})`),
    tie("sum").map((inner) => `(-(${inner}))`),
    tie("value").map((base) => `${base} ** ${2}`),
  ),
  sum: fc
    .tuple(tie("value"), fc.array(fc.tuple(fc.constantFrom("+", "-", "*", "/", "%"), tie("value")), { maxLength: 4 }))
    .map(([first, rest]) => rest.reduce((text, [mark, value]) => `${text} ${mark} ${value}`, first)),
})).sum;

test("every expression has the value that JavaScript gives it", () => {
  let compared = 0;
  fc.assert(
    fc.property(expressions, (expression) => {
      const result = evaluate(expression);
      const reference: number = new Function(`return ${expression}`)();
      if (result.ok) {
        compared++;
        return Object.is(result.value, reference);
      }
      return (
        result.because === "division by zero" ||
        result.because.startsWith("it is nested") ||
        !Number.isFinite(reference)
      );
    }),
    { numRuns: 2_000 },
  );
  expect(compared).toBeGreaterThan(500);
});

test("no text at all makes it throw", () => {
  const characters = fc.constantFrom(..."0123456789.e+-*/%^() of,x");
  fc.assert(
    fc.property(fc.array(characters, { maxLength: 500 }), (text) => typeof evaluate(text.join("")).ok === "boolean"),
    { numRuns: 3_000 },
  );
});
