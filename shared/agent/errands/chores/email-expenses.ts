/** Books receipts out of a mail server's mails: read by a parser first, by a model second, and checked once more by another. */
import { z } from "zod";
import { cut } from "../../../base/index.ts";
import { amountOf, digitsOf, type Purchase } from "../../../ledger/index.ts";
import { toolName } from "../../../mcp/index.ts";
import type { Speaking } from "../../speaking.ts";
import { askAbout, NoAnswer } from "./ask.ts";
import { callTool } from "./call-tool.ts";
import type { Chore } from "./chore.ts";
import { idsIn, mailIn } from "./mails.ts";
import { type Mail, type Receipt, readReceipt, sumsIn } from "./receipt.ts";

const JOB = "email-expenses";
/** Mails that are read in one run; the rest comes with the next. */
const MAILS_MAX = 40;
const TOKENS_MAX = 400;
const MAIL_CHARACTERS_MAX = 6_000;
/** A parser's and a model's word from which on a purchase is booked without asking. */
const SURE_FROM = 0.8;
const CONFIDENCE = { parser: 0.95, guess: 0.4 } as const;

const call = z.object({ tool: z.string(), input: z.record(z.string(), z.unknown()) });
const settings = z.object({ server: z.string(), search: call, read: call, id: z.string() });

const CATEGORIES = [
  "groceries",
  "eating out",
  "transport",
  "travel",
  "home",
  "utilities",
  "health",
  "shopping",
  "software",
  "entertainment",
  "education",
  "gifts",
  "fees",
  "other",
] as const;
const reading = z.object({
  isReceipt: z.boolean(),
  merchant: z.string().max(80),
  amount: z.number().min(0),
  currency: z.string().max(3),
  category: z.enum(CATEGORIES).catch("other"),
  confidence: z.number().min(0).max(1),
});
const check = z.object({ paid: z.boolean(), amountIsRight: z.boolean(), currencyIsRight: z.boolean() });

type Draft = Omit<Purchase, "id" | "askedAt" | "copiedAt" | "madeAt">;

export const emailExpenses: Chore = async (speaking, { data, key, dryRun, sources }, signal) => {
  const { purchases, jobs } = speaking.ledger;
  const mail = settings.parse(data);
  const use = (step: string, tool: string, input: object) =>
    callTool(speaking, { key: `${key}: ${step}`, tool: toolName(mail.server, tool), input, sources }, signal);

  const ids = idsIn(await use("search", mail.search.tool, mail.search.input));
  const receiptOf = (id: string) => `${mail.server} ${id}`;
  const known = new Set([
    ...(await purchases.known(ids.map(receiptOf))),
    ...(await jobs.known(JOB, ids.map(receiptOf))),
  ]);
  const fresh = ids.filter((id) => !known.has(receiptOf(id)));
  if (dryRun)
    return { changed: false, summary: `it would read ${Math.min(fresh.length, MAILS_MAX)} of ${ids.length} mails` };

  const counters = { mails: 0, booked: 0, pending: 0, duplicates: 0, others: 0 };
  const booked: Purchase[] = [];
  for (const id of fresh.slice(0, MAILS_MAX)) {
    signal.throwIfAborted();
    counters.mails++;
    const read = mailIn(id, await use(`mail ${id}`, mail.read.tool, { ...mail.read.input, [mail.id]: id }));
    const draft = await draftOf(speaking, read, receiptOf(id), signal);
    if (draft === undefined) {
      counters.others++;
      await jobs.remember(JOB, [{ key: receiptOf(id), value: "no receipt" }]);
      continue;
    }
    const { fresh: first, purchase } = await purchases.write(draft);
    if (!first) counters.duplicates++;
    else if (purchase.state === "pending") counters.pending++;
    else booked.push(purchase);
  }
  counters.booked = booked.length;
  return {
    changed: booked.length > 0,
    severity: "info",
    summary: `${counters.mails} mails read: ${booked.length} purchases booked, ${counters.pending} to be asked about, ${counters.duplicates} known already`,
    items: booked.map(({ merchant, category, spentOn, ...sum }) => ({
      title: `${merchant}: ${amountOf(sum)} ${sum.currency}`,
      text: `${category}, ${spentOn}`,
    })),
    evidence: booked.map(({ receipt }) => receipt),
    counters,
  };
};

/** What is to be written down; undefined for a mail that is no receipt. */
async function draftOf(
  speaking: Speaking,
  mail: Mail,
  receipt: string,
  signal: AbortSignal,
): Promise<Draft | undefined> {
  const parsed = readReceipt(mail);
  if ("because" in parsed) return undefined;
  const read = await second(speaking, mail, signal);
  // Without a model the parser's word counts as far as it goes.
  if (read === undefined) {
    const sure = parsed.sure;
    return purchaseOf(parsed, receipt, {
      category: "other",
      confidence: sure ? CONFIDENCE.parser : CONFIDENCE.guess,
      by: "parser",
      state: sure ? "booked" : "pending",
      because: sure
        ? "the total stands in the mail"
        : "several sums stand in the mail, and no model was there to read it",
    });
  }
  const { value, by } = read;
  if (!value.isReceipt)
    return parsed.sure
      ? pending(parsed, receipt, value.category, "a total stands in it, but a model says that it is no receipt", by)
      : undefined;
  const stated = sumsIn(mail.text).find(
    ({ minor, currency }) =>
      currency === value.currency.toUpperCase() && minor === Math.round(value.amount * 10 ** digitsOf(currency)),
  );
  if (stated === undefined)
    return pending(parsed, receipt, value.category, "the sum that a model read does not stand in the mail", by);
  const merchant = value.merchant.trim() || parsed.merchant;
  const found: Receipt = { ...parsed, ...stated, merchant };
  if (parsed.sure && (parsed.minor !== stated.minor || parsed.currency !== stated.currency))
    return pending(parsed, receipt, value.category, "the parser and a model read different sums", by);
  if (parsed.sure)
    return purchaseOf(found, receipt, {
      category: value.category,
      confidence: CONFIDENCE.parser,
      by: "parser",
      state: "booked",
      because: "the total stands in the mail, and a model read the same",
    });
  if (value.confidence < SURE_FROM)
    return pending(found, receipt, value.category, "a model read it without being sure", by);
  const agrees = await confirmed(speaking, mail, found, signal);
  if (!agrees) return pending(found, receipt, value.category, "a second look did not confirm the sum", by);
  return purchaseOf(found, receipt, {
    category: value.category,
    confidence: value.confidence,
    by,
    state: "booked",
    because: "read by a model, and confirmed by a second look",
  });
}

type Known = Pick<Draft, "category" | "confidence" | "by" | "state" | "because">;

function purchaseOf({ merchant, minor, currency, spentOn }: Receipt, receipt: string, known: Known): Draft {
  return { receipt, merchant, minor, currency, spentOn, ...known };
}

function pending(found: Receipt, receipt: string, category: string, because: string, by: string): Draft {
  return purchaseOf(found, receipt, { category, confidence: CONFIDENCE.guess, by, state: "pending", because });
}

/** A model's reading; undefined when none answers. */
async function second(speaking: Speaking, mail: Mail, signal: AbortSignal) {
  const question = {
    job: JOB,
    tier: "lite",
    instructions: READ,
    data: shown(mail),
    schema: reading,
    tokensMax: TOKENS_MAX,
  } as const;
  return askAbout(speaking, question, signal).catch(noAnswer);
}

/** A second look by another model, which is not told what the first was sure of. */
async function confirmed(speaking: Speaking, mail: Mail, sum: Receipt, signal: AbortSignal): Promise<boolean> {
  const data = { ...shown(mail), claimed: `${amountOf(sum)} ${sum.currency}` };
  const question = {
    job: JOB,
    tier: "standard",
    instructions: CHECK,
    data,
    schema: check,
    tokensMax: TOKENS_MAX,
  } as const;
  const looked = await askAbout(speaking, question, signal).catch(noAnswer);
  if (looked === undefined) return false;
  const { paid, amountIsRight, currencyIsRight } = looked.value;
  return paid && amountIsRight && currencyIsRight;
}

function noAnswer(error: unknown): undefined {
  if (!(error instanceof NoAnswer)) throw error;
  return undefined;
}

function shown({ from, subject, date, text }: Mail) {
  return { from, subject, date, text: cut(text, MAIL_CHARACTERS_MAX) };
}

const READ =
  "You get one mail. Say whether it is a receipt of something the person has paid (not an offer, an invoice still to be paid, or money that comes back), at which merchant, the total that was paid as a plain number, its ISO currency code, the category, and how sure you are from 0 to 1.";
const CHECK =
  "You get one mail and a sum that somebody claims was paid according to it. Say whether the mail is about money that the person has paid, and whether exactly this amount and this currency were paid in total. Look for yourself; the claim may be wrong.";
