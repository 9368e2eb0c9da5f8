/** L4 on the public sets: secrets found in each, the twenty best-known vendors, and what is redacted that is no secret. */
import { validate } from "../../shared/security/index.ts";
import type { Corpora, Row } from "./corpora.ts";
import { percent, usPerKiB } from "./measure.ts";

/** Rules of gitleaks for what people most often have: the names of these sets' rows. */
const BEST_KNOWN = [
  "openai-api-key",
  "anthropic-admin-api-key",
  "aws-access-token",
  "gcp-api-key",
  "github-pat",
  "github-fine-grained-pat",
  "github-app-token",
  "gitlab-pat",
  "slack-bot-token",
  "slack-user-token",
  "stripe-access-token",
  "twilio-api-key",
  "sendgrid-api-token",
  "npm-access-token",
  "pypi-upload-token",
  "huggingface-access-token",
  "digitalocean-pat",
  "shopify-access-token",
  "telegram-bot-api-token",
  "databricks-api-token",
];

export async function benchValidator(corpora: Corpora) {
  const clean = (row: Row) => {
    const { text, findings } = validate(row.text, { secrets: [] });
    return typeof row["secret"] === "string" ? !text.includes(row["secret"]) : findings.length > 0;
  };
  const recall = (rows: readonly Row[]) => percent(rows.filter(clean).length, rows.length);
  const generated = corpora.rows("sec_gitleaks_gen");
  const changed = (set: string) => {
    const rows = corpora.rows(set);
    return percent(rows.filter(({ text }) => validate(text, { secrets: [] }).text !== text).length, rows.length);
  };
  const harmless = corpora.names("red_ben_");
  const ordinary = [...harmless, ...corpora.names("ben_")].flatMap((set) => corpora.rows(set));
  return {
    recall: Object.fromEntries(corpora.names("sec_").map((set) => [set, recall(corpora.rows(set))])),
    prefixed: recall(generated.filter((row) => row["kind"] === "prefixed")),
    contextual: recall(generated.filter((row) => row["kind"] === "contextual")),
    bestKnown: recall(generated.filter((row) => BEST_KNOWN.includes(String(row["rule"])))),
    falseRedactions: percent(
      harmless.flatMap((set) => corpora.rows(set)).filter(({ text }) => validate(text, { secrets: [] }).text !== text)
        .length,
      harmless.flatMap((set) => corpora.rows(set)).length,
    ),
    falseRedactionsPerSet: Object.fromEntries(harmless.map((set) => [set, changed(set)])),
    usPerKiB: await usPerKiB(
      ordinary.slice(0, 1_500).map(({ text }) => text),
      (text) => validate(text, { secrets: [] }),
    ),
  };
}
