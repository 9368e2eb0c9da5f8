/** Arithmetic that a model should not do in its head. A small parser of our own: nothing is evaluated as code. */
import { z } from "zod";
import { defineTool, type Tool } from "../engine/index.ts";

const EXPRESSION_CHARACTERS_MAX = 500;
/** Parentheses, signs and powers inside each other. */
const DEPTH_MAX = 50;

export const calculate: Tool = defineTool({
  name: "calculate",
  description:
    "The value of an arithmetic expression: + - * / ^ and parentheses, decimals with a point, % between two numbers for the remainder, and percentages as in 15% of 80.",
  input: z.strictObject({
    expression: z
      .string()
      .max(EXPRESSION_CHARACTERS_MAX)
      .superRefine((expression, { addIssue }) => {
        const result = evaluate(expression);
        if (!result.ok) addIssue({ code: "custom", message: result.because });
      })
      .describe("for example (12.5 + 3) * 4, or 15% of 80"),
  }),
  effects: "none",
  risk: "safe",
  source: "trusted",
  parallel: true,
  run: async ({ expression }) => {
    const result = evaluate(expression);
    return { text: result.ok ? `${expression.trim()} = ${write(result.value)}` : result.because };
  },
});

export type Evaluation = { ok: true; value: number } | { ok: false; because: string };

/** The value of the expression, or a sentence that says what is wrong with it. Never throws. */
export function evaluate(expression: string): Evaluation {
  try {
    const value = parse(tokensOf(expression));
    if (Number.isNaN(value)) throw new Wrong("the result is not a real number");
    if (!Number.isFinite(value)) throw new Wrong("the result is too large");
    return { ok: true, value };
  } catch (error) {
    if (error instanceof Wrong) return { ok: false, because: error.message };
    throw error;
  }
}

/** Whole numbers as they are, others with the fifteen digits that a double has: 0.1 + 0.2 is 0.3. */
function write(value: number): string {
  if (Number.isSafeInteger(value)) return String(value);
  const digits = String(Number(value.toPrecision(15)));
  return Math.abs(value) > Number.MAX_SAFE_INTEGER ? `about ${digits}` : digits;
}

class Wrong extends Error {
  override readonly name = "Wrong";
}

type Token = { kind: "number"; value: number } | { kind: "mark"; mark: string };

function tokensOf(expression: string): Token[] {
  const tokens: Token[] = [];
  const next = /\s*(?:((?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?)|(of\b|\*\*|[-+*/%^()×÷−·]))\s*/giy;
  while (next.lastIndex < expression.length) {
    const from = next.lastIndex;
    const found = next.exec(expression);
    if (found === null) throw new Wrong(unreadable(expression.slice(from).trimStart()));
    if (found[1] !== undefined) tokens.push({ kind: "number", value: Number(found[1]) });
    else tokens.push({ kind: "mark", mark: SAME[found[2] ?? ""] ?? (found[2] ?? "").toLowerCase() });
  }
  return tokens;
}

/** Other ways to write the same operator. */
const SAME: Record<string, string> = { "**": "^", "×": "*", "·": "*", "÷": "/", "−": "-" };

function unreadable(rest: string): string {
  if (rest === "") return "there is nothing to calculate";
  if (rest.startsWith(",")) return "write numbers without separators and with a decimal point, for example 1234.5";
  return `"${[...rest].slice(0, 12).join("")}" is not arithmetic: use numbers, + - * / % ^ and parentheses`;
}

/**
 * sum = product { (+|-) product };  product = power { (*|/|%|of) power };  power = [+|-] value [ ^ power ] [%]
 * A sign binds weaker than a power (-2^2 is -4), and powers associate to the right.
 */
function parse(tokens: readonly Token[]): number {
  let at = 0;
  const peek = (ahead = 0): string | undefined => {
    const token = tokens[at + ahead];
    return token?.kind === "mark" ? token.mark : token?.kind;
  };
  const take = (...marks: string[]): string | undefined => {
    const mark = peek();
    if (mark === undefined || mark === "number" || !marks.includes(mark)) return undefined;
    at++;
    return mark;
  };

  /** A percentage is a number of its own only as a factor or alone; beside + and - people mean different things by it. */
  type Term = { value: number; percent: boolean };

  const sum = (depth: number): Term => {
    let term = product(depth);
    for (let mark = take("+", "-"); mark !== undefined; mark = take("+", "-")) {
      const right = product(depth);
      if (term.percent || right.percent)
        throw new Wrong('a percentage of what? Write, for example, "200 + 10% of 200"');
      term = { value: mark === "+" ? term.value + right.value : term.value - right.value, percent: false };
    }
    return term;
  };

  const product = (depth: number): Term => {
    let term = power(depth);
    for (let mark = take("*", "/", "%", "of"); mark !== undefined; mark = take("*", "/", "%", "of")) {
      if (mark === "of" && !term.percent) throw new Wrong('"of" follows a percentage, as in 15% of 80');
      const right = power(depth).value;
      if ((mark === "/" || mark === "%") && right === 0) throw new Wrong("division by zero");
      term = { value: combine(mark, term.value, right), percent: false };
    }
    return term;
  };

  const power = (depth: number): Term => {
    if (depth > DEPTH_MAX) throw new Wrong(`it is nested deeper than ${DEPTH_MAX} levels`);
    const sign = take("+", "-");
    if (sign !== undefined) {
      const { value, percent } = power(depth + 1);
      return { value: sign === "-" ? -value : value, percent };
    }
    const base = atom(depth);
    const value = take("^") === undefined ? base : base ** power(depth + 1).value;
    // Before another value, % is the remainder; here it ends one.
    if (peek() === "%" && peek(1) !== "number" && peek(1) !== "(" && take("%") !== undefined)
      return { value: value / 100, percent: true };
    return { value, percent: false };
  };

  const atom = (depth: number): number => {
    const token = tokens[at];
    if (token === undefined) throw new Wrong("it ends where a number is expected");
    at++;
    if (token.kind === "number") return token.value;
    if (token.mark !== "(") throw new Wrong(`a number is expected before "${token.mark}"`);
    const { value } = sum(depth + 1);
    if (take(")") === undefined) throw new Wrong("a closing parenthesis is missing");
    return value;
  };

  if (tokens.length === 0) throw new Wrong("there is nothing to calculate");
  const { value } = sum(0);
  const rest = peek();
  if (rest === undefined) return value;
  throw new Wrong(
    rest === "number" || rest === "(" ? "an operator is missing between two values" : `"${rest}" is not expected here`,
  );
}

function combine(mark: string, left: number, right: number): number {
  if (mark === "/") return left / right;
  return mark === "%" ? left % right : left * right;
}
