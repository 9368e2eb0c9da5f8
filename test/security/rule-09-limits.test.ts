/** Rule 9: every limit has a name and a default, and what reads foreign text takes time that grows with its length and no faster. */
import { describe, expect, test } from "vitest";
import { defaultLimits } from "../../shared/engine/index.ts";
import { addressesIn } from "../../shared/security/addresses-in.ts";
import {
  authorityOf,
  createShield,
  createValidator,
  fold,
  readHtml,
  sanitize,
  visible,
} from "../../shared/security/index.ts";
import { slowOn } from "../growth.ts";

/** What made regular expressions and parsers of others run for minutes. */
const BOMBS: readonly string[] = [
  "<p hidden",
  "<a ",
  '<div style="',
  "<!--",
  "<table><tr><td>x",
  "</",
  "&#",
  "&amp;&lt;",
  "a.a@",
  "http://",
  "sk-proj-",
  "eyJ",
  "-----BEGIN PRIVATE KEY-----\n",
  "password=",
  "A-",
  "i.g.n.o.r.e ",
  "%69%67",
  "\\u0069",
  "aWdub3Jl",
  "ignore previous ",
  "игнорируй ",
  "\u202e\u200b",
  "((((",
  "a a ",
  "0x69 ",
  "1 2 3 ",
  "=",
  "'\"`",
  "\n\n",
  "é\u0301",
];

const shield = createShield();
const { validate } = createValidator({ secrets: ["hunter22hunter22", "a".repeat(40)] });
const send = { name: "send", effects: "external", risk: "safe" } as const;
const owner = { label: "owner", from: "you" } as const;
const page = { label: "outside", from: "page" } as const;

const READERS: Readonly<Record<string, (text: string) => unknown>> = {
  "the shield": shield,
  "the validator": validate,
  "the sanitizer": (text) => sanitize(text, "x"),
  "the page reader": readHtml,
  "the folding of look-alikes": fold,
  "what takes invisible characters out": visible,
  "what finds addresses": addressesIn,
  "authority over arguments": (text) =>
    authorityOf({
      tool: send,
      input: { to: text },
      sources: [owner, page],
      said: [text],
      seen: [{ text, asked: "{}" }],
    }),
};

describe.each(Object.entries(READERS))("%s", (_name, read) => {
  test("is linear on what is made to stall it", async () => {
    const slow: string[] = [];
    for (const bomb of BOMBS) {
      const why = await slowOn(read, bomb);
      if (why !== undefined) slow.push(why);
    }
    expect(slow).toEqual([]);
  });
});

test("the limits of a turn each have a name with its unit, and a default", () => {
  for (const [name, value] of Object.entries(defaultLimits)) {
    expect(name).toMatch(/(Max|Ms|Usd)$/);
    expect(value, name).toBeGreaterThan(0);
    expect(Number.isFinite(value), name).toBe(true);
  }
});
