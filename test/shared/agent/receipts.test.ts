/** Receipts read without a model: sums in many currencies and ways of writing, totals, refunds, and mails of several servers. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { idsIn, mailIn } from "../../../shared/agent/errands/chores/mails.ts";
import { minorOf, readReceipt, sumsIn } from "../../../shared/agent/errands/chores/receipt.ts";
import { slowOn } from "../../growth.ts";

const mail = (text: string, more = {}) => ({
  id: "1",
  from: "Shop <a@shop.example>",
  subject: "Receipt",
  date: "Mon, 23 Nov 2026 10:00:00 +0100",
  text,
  ...more,
});

test.each([
  ["$12.50", 1250, "USD"],
  ["12,50 €", 1250, "EUR"],
  ["EUR 1.234,56", 123_456, "EUR"],
  ["USD 1,234.56", 123_456, "USD"],
  ["1 299,00 ₽", 129_900, "RUB"],
  ["Rp 150.000", 15_000_000, "IDR"],
  ["¥1,200", 1200, "JPY"],
  ["CHF 1'050.20", 105_020, "CHF"],
  ["KWD 1.25", 1250, "KWD"],
  ["R$ 99,9", 9990, "BRL"],
])("%s", (text, minor, currency) => {
  expect(sumsIn(`you paid ${text} today`)).toEqual([{ minor, currency }]);
});

test.each(["call 555-1234", "order 12345", "$", "EUR", "version 1.2.3", "-"])("no sum: %s", (text) => {
  expect(sumsIn(text)).toEqual([]);
});

describe("a receipt", () => {
  test.each([
    ["Subtotal: $10.00\nTax: $1.00\nTotal: $11.00", 1100],
    ["Zwischensumme 10,00 €\nGesamtbetrag 11,90 €", 1190],
    ["Товары 900,00 ₽\nИтого: 950,00 ₽", 95_000],
    ["Items\n$3.00\nOrder total\n$7.25", 725],
    ["Montant 12,00 €\nTVA 2,00 €", 1200],
  ])("takes the total for sure: %j", (text, minor) => {
    expect(readReceipt(mail(text))).toMatchObject({ minor, sure: true, merchant: "Shop", spentOn: "2026-11-23" });
  });

  test("with two totals is not sure, and takes the first", () => {
    expect(readReceipt(mail("Total $5.00\nTotal $6.00"))).toMatchObject({ minor: 500, sure: false });
  });

  test.each([
    ["Total refunded: $5.00", {}],
    ["Total: $5.00", { subject: "Your refund" }],
    ["hello", {}],
    ["Total: $5.00", { date: "some day" }],
  ])("is none: %j", (text, more) => {
    expect(readReceipt(mail(text, more))).toHaveProperty("because");
  });

  test("speaks of refunds in its small print and is one all the same", () => {
    expect(readReceipt(mail("Total: $5.00\nRefunds within 14 days."))).toMatchObject({ minor: 500, sure: true });
  });
});

test("every amount that is written is read back, in both ways of writing, and no text makes it throw", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 99_999_999 }), fc.boolean(), (minor, comma) => {
      const written = (minor / 100).toLocaleString(comma ? "de-DE" : "en-US", { minimumFractionDigits: 2 });
      expect(minorOf(written, "EUR")).toBe(minor);
      expect(sumsIn(`EUR ${written}`)).toEqual([{ minor, currency: "EUR" }]);
    }),
  );
  fc.assert(
    fc.property(fc.string({ maxLength: 200 }), (text) => {
      readReceipt(mail(text));
      idsIn(text);
      mailIn("x", text);
    }),
  );
});

test.each(["1,234 ", "total ", "€ ", "1,234 total € \n"])(
  "the time grows with the mail, not faster: %j over and over",
  async (piece) => {
    expect(await slowOn((text) => readReceipt(mail(text)), piece, 12_000)).toBeUndefined();
  },
);

describe("mails", () => {
  test.each([
    ["lines", "ID: a1\nSubject: x\n\nID: b2\nSubject: y", ["a1", "b2"]],
    [
      "Gmail's own JSON",
      JSON.stringify({
        messages: [
          { id: "a1", threadId: "t" },
          { id: "b2", threadId: "t" },
        ],
      }),
      ["a1", "b2"],
    ],
    ["a list", JSON.stringify(["a1", "b2", "a1"]), ["a1", "b2"]],
    ["numbers", JSON.stringify({ results: [{ uid: 7 }, { uid: 8 }] }), ["7", "8"]],
    ["nothing", "No emails found.", []],
  ])("are found in %s", (_what, answer, ids) => {
    expect(idsIn(answer)).toEqual(ids);
  });

  test("are read from text, from JSON, and from Gmail's headers, without markup", () => {
    const wanted = { id: "1", from: "Shop <a@shop.example>", subject: "Receipt", date: "2026-11-23" };
    const text = "Subject: Receipt\nFrom: Shop <a@shop.example>\nDate: 2026-11-23\n\nTotal: $5.00";
    const json = JSON.stringify({
      ...wanted,
      body: "<style>p{}</style><table><tr><td>Total:</td><td>$5.00</td></tr></table>",
    });
    const headers = [
      { name: "From", value: wanted.from },
      { name: "Subject", value: wanted.subject },
      { name: "Date", value: wanted.date },
    ];
    const gmail = JSON.stringify({ id: "1", snippet: "Total: $5.00", payload: { headers } });
    for (const answer of [text, json, gmail]) {
      expect(mailIn("1", answer)).toMatchObject(wanted);
      expect(readReceipt(mailIn("1", answer))).toMatchObject({ minor: 500, sure: true });
    }
  });
});
