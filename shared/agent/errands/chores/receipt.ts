/** Reads a receipt out of a mail without a model: what it cost, when, where. Pure; any currency, the total in nine languages. */

import { digitsOf } from "../../../ledger/index.ts";

export type Mail = { id: string; from: string; subject: string; date: string; text: string };

type Money = { minor: number; currency: string };

/** `sure` when exactly one sum stands beside a word for the total. */
export type Receipt = Money & { merchant: string; spentOn: string; sure: boolean };

const SYMBOLS: Readonly<Record<string, string>> = {
  "€": "EUR",
  "£": "GBP",
  "¥": "JPY",
  "₽": "RUB",
  "₴": "UAH",
  "₹": "INR",
  "₩": "KRW",
  "₺": "TRY",
  "₫": "VND",
  "₪": "ILS",
  zł: "PLN",
  руб: "RUB",
  Rp: "IDR",
  R$: "BRL",
  C$: "CAD",
  A$: "AUD",
  HK$: "HKD",
  S$: "SGD",
  RM: "MYR",
  $: "USD",
};
const CODES =
  "USD|EUR|GBP|CHF|KWD|BHD|OMR|JOD|JPY|CNY|RUB|UAH|KZT|BYN|PLN|CZK|HUF|RON|BGN|SEK|NOK|DKK|ISK|TRY|ILS|AED|SAR|INR|IDR|MYR|SGD|HKD|TWD|THB|VND|PHP|KRW|AUD|NZD|CAD|MXN|BRL|ARS|CLP|COP|ZAR|EGP|NGN|KES|GEL|AMD|RSD";
const SYMBOL = Object.keys(SYMBOLS)
  .toSorted((a, b) => b.length - a.length)
  .map((symbol) => symbol.replace(/[$]/g, "\\$&"))
  .join("|");
const UNIT = `(?:\\b(?:${CODES})\\b|${SYMBOL})`;
const NUMBER = String.raw`\d{1,3}(?:[ \u00a0\u202f.,'’]\d{3})+(?:[.,]\d{1,2})?|\d+(?:[.,]\d{1,2})?`;
/** "€ 12.50", "12,50 EUR", "USD 1,200.00". */
const SUM = new RegExp(`(?:(${UNIT})\\s?(${NUMBER}))|(?:(${NUMBER})\\s?(${UNIT}))`, "gu");
/** What receipts call the sum that was paid, in English, German, French, Spanish, Italian, Portuguese, Russian, Ukrainian, Indonesian. */
const TOTAL =
  /\b(?:grand total|order total|total paid|amount paid|amount charged|you paid|total|gesamtbetrag|gesamtsumme|gesamt|summe|bezahlt|montant|total payé|importe|importe total|totale|pagato|valor total|total pago|jumlah|total pembayaran)\b|итого|к оплате|оплачено|сумма|списано|разом|сплачено|до сплати/iu;
/** The sum before what comes on top or off is not what was paid. */
const NOT_TOTAL =
  /\b(?:sub-?total|subtotal|zwischensumme|netto|net|vat|tax|mwst|discount|rabatt|you saved|saved|iva|tva)\b|скидк|ндс|пдв/iu;
/** Money that comes back is no purchase. */
const COMES_BACK =
  /\b(?:refund(?:ed)?|erstattung|gutschrift|remboursement|reembolso|rimborso|pengembalian)\b|возврат|повернення/iu;

/** Every sum of money in a text, in order. */
export function sumsIn(text: string): Money[] {
  return [...text.matchAll(SUM)].flatMap(([, before, first, second, after]) => {
    const currency = codeOf(before ?? after ?? "");
    const minor = minorOf(first ?? second ?? "", currency);
    return minor === undefined || minor <= 0 ? [] : [{ minor, currency }];
  });
}

/** The receipt, or why there is none to be read for sure. */
export function readReceipt(mail: Mail): Receipt | { because: string } {
  // A receipt's small print speaks of refunds as well: only a sum that comes back counts.
  const back = mail.text.split("\n").some((line) => COMES_BACK.test(line) && sumsIn(line).length > 0);
  if (back || COMES_BACK.test(mail.subject)) return { because: "money comes back in it" };
  const all = sumsIn(mail.text);
  if (all.length === 0) return { because: "no sum of money stands in it" };
  const totals = mail.text.split("\n").flatMap((line, at, lines) => {
    if (!TOTAL.test(line) || NOT_TOTAL.test(line)) return [];
    const here = sumsIn(line);
    // A table breaks the line between the word and its sum.
    return here.length > 0 ? here.slice(-1) : sumsIn(lines[at + 1] ?? "").slice(0, 1);
  });
  const distinct = new Map(totals.map((sum) => [`${sum.minor} ${sum.currency}`, sum]));
  const [total] = distinct.size > 0 ? distinct.values() : all.toSorted((a, b) => b.minor - a.minor);
  const spentOn = dayOf(mail.date);
  if (total === undefined || spentOn === undefined) return { because: "its day cannot be read" };
  return { ...total, merchant: merchantOf(mail), spentOn, sure: distinct.size === 1 };
}

/** Who sent it: the name beside the address, else the domain's own part. */
function merchantOf({ from }: Mail): string {
  const [, name = ""] = /^\s*"?([^"<]*?)"?\s*</u.exec(from) ?? [];
  if (name.trim() !== "") return name.trim().slice(0, 80);
  const domain =
    from
      .split("@")
      .at(-1)
      ?.replace(/[>\s].*$/u, "") ?? "";
  return (domain.split(".").at(-2) ?? domain).slice(0, 80) || "unknown";
}

/** "2026-03-01" of a mail's date; undefined when it is none. */
function dayOf(date: string): string | undefined {
  const written = /^\s*(\d{4}-\d{2}-\d{2})/.exec(date)?.[1];
  if (written !== undefined) return written;
  const at = Date.parse(date);
  return Number.isNaN(at) ? undefined : new Date(at).toISOString().slice(0, 10);
}

/** The smallest units that a written number stands for: the last mark before one or two digits is the decimal one. */
export function minorOf(number: string, currency: string): number | undefined {
  const plain = number.replace(/[ \u00a0\u202f'’]/gu, "");
  const digits = digitsOf(currency);
  const decimal = digits === 0 ? null : /[.,](\d{1,2})$/.exec(plain);
  const whole = (decimal === null ? plain : plain.slice(0, decimal.index)).replace(/[.,]/g, "");
  const minor = Number(whole) * 10 ** digits + Number((decimal?.[1] ?? "").padEnd(digits, "0") || 0);
  return Number.isSafeInteger(minor) ? minor : undefined;
}

function codeOf(unit: string): string {
  return SYMBOLS[unit] ?? unit.toUpperCase();
}
