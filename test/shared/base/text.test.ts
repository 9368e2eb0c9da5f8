import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cut, oneLine, splitText, wordsOf } from "../../../shared/base/index.ts";

const anyText = fc.string({
  unit: fc.oneof(
    fc.constantFrom(" ", "\n", "\n\n", ". ", "a", "слово", "👩‍💻"),
    fc.string({ unit: "binary", maxLength: 3 }),
  ),
  maxLength: 200,
});
const blackened = (text: string) => text.replace(/\s/gu, "");

describe("splitting a text for delivery", () => {
  test("loses nothing but white space, and no part is empty or too long", () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 2, max: 50 }), (text, charactersMax) => {
        const parts = splitText(text, charactersMax);
        expect(blackened(parts.join(""))).toBe(blackened(text));
        for (const part of parts) {
          expect(part.length).toBeGreaterThan(0);
          expect(part.length).toBeLessThanOrEqual(charactersMax);
        }
      }),
    );
  });

  test("never cuts through a character of two code units", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom("😀", "a", " "), maxLength: 60 }),
        fc.integer({ min: 2, max: 9 }),
        (text, charactersMax) => {
          for (const part of splitText(text, charactersMax)) expect(part.isWellFormed()).toBe(true);
        },
      ),
    );
  });

  test.each([
    { border: "paragraphs", text: "One line.\nTwo lines.\n\nThree.", parts: ["One line.\nTwo lines.", "Three."] },
    { border: "lines", text: "One two.\nThree four. Five", parts: ["One two.", "Three four. Five"] },
    { border: "sentences", text: "One two three. Four five", parts: ["One two three.", "Four five"] },
    { border: "words", text: "one two three four five six", parts: ["one two three four", "five six"] },
    { border: "nothing", text: "a".repeat(30), parts: ["a".repeat(22), "a".repeat(8)] },
  ])("cuts between $border where it can", ({ text, parts }) => {
    expect(splitText(text, 22)).toEqual(parts);
  });

  test("an empty text has no parts, a short one has one", () => {
    expect(splitText(" \n ", 10)).toEqual([]);
    expect(splitText(" short ", 10)).toEqual(["short"]);
  });
});

describe("cutting a text", () => {
  test("leaves whole characters, at most as many as asked for", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom("😀", "a", "é", " "), maxLength: 40 }),
        fc.integer({ min: 1, max: 20 }),
        (text, charactersMax) => {
          const short = cut(text, charactersMax);
          expect(short.length).toBeLessThanOrEqual(charactersMax);
          expect(short.isWellFormed()).toBe(true);
        },
      ),
    );
  });

  test("says by an ellipsis that something is missing, and only then", () => {
    expect(cut("to be or not", 12)).toBe("to be or not");
    expect(cut("to be or not", 7)).toBe("to be…");
  });
});

test("one line folds white space of every kind", () => {
  expect(oneLine(" a\t b\n\n c\u00a0d ")).toBe("a b c d");
});

test("words are found in any script", () => {
  expect(wordsOf("Ship 3 Релиза, 出荷 — don't!")).toEqual(["ship", "3", "релиза", "出荷", "don", "t"]);
});
