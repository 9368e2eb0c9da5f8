/** From what the environment, a `.env` file and a policy say to what is in force, with the source of every value. */
import type { z } from "zod";
import type { PolicyWord } from "./policy.ts";
import { BadVariable } from "./problem.ts";
import { type Env, rows, type VariableName } from "./variables.ts";

/** Names as they are set, for parts that have variables of their own (PROVIDER_<ID>_…). */
export type RawEnv = Readonly<Record<string, string | undefined>>;

export type Source = { kind: "environment" | ".env" | "default" } | { kind: "policy.yaml"; line: number };
type Word = { text: string; source: Source };

/** One variable: what is in force, who said it, and what else was said and does not count. */
export type Setting = Word & { name: VariableName; overruled: readonly Word[] };

type Sources = { environment: RawEnv; dotEnv: RawEnv; policy: readonly PolicyWord[] };

/**
 * The environment wins over `.env`, and that over a policy. Only of a gate the first "no" wins, whoever says it.
 * Throws BadVariable at the first value that cannot be used, also where it would not have counted.
 */
export function settle({ environment, dotEnv, policy }: Sources): {
  env: Env;
  raw: RawEnv;
  settings: readonly Setting[];
} {
  const texts = { ...dotEnv, ...environment };
  const settings: Setting[] = [];
  const values: [string, unknown][] = [];
  for (const [name, [schema, fallback, , place]] of Object.entries(rows)) {
    const words = wordsOn(name, { environment, dotEnv, policy });
    const read = words.map(({ text, source }) => parse(name, { text, source }, schema, fallback));
    const no = place?.words === undefined ? -1 : words.findIndex(({ text }) => text === place.words?.["closed"]);
    const at = Math.max(0, no);
    const word = words[at] ?? { text: fallback, source: { kind: "default" } };
    values.push([name, words.length === 0 ? schema.parse(fallback) : read[at]]);
    settings.push({ name: name as VariableName, ...word, overruled: words.filter((_, index) => index !== at) });
    if (words.length > 0) texts[name] = word.text;
  }
  return { env: Object.fromEntries(values) as Env, raw: texts, settings };
}

/** Values that `.env.example` ships: they count as unset. */
const PLACEHOLDER = /^(changeme|your[-_ ].*|<.*>|xxx+)$/i;

/** Whether somebody gave this variable a value: nothing and the placeholders of `.env.example` are none. */
export function isSet(value: string | undefined): value is string {
  const text = value?.trim() ?? "";
  return text !== "" && !PLACEHOLDER.test(text);
}

/** Names whose values nobody else may read. A new variable is better hidden than shown. */
const SECRET_NAME = /KEY|TOKEN|SECRET|HASH|PASSW|PROXY|CREDENTIAL|SESSION_|HEADERS/;
/** An address with a user or a password in it. */
const WITH_LOGIN = /:\/\/[^\s/]*@/;

/** Whether the value of this variable is nobody's business; `SESSION_LIMIT_USD` is. */
export function isSecret(name: string, value: string): boolean {
  return (SECRET_NAME.test(name) && name !== "SESSION_LIMIT_USD") || WITH_LOGIN.test(value);
}

/** A source as the end of "it is said by …": "the environment", ".env", "policy.yaml, line 4", "the default". */
export function tellSource(source: Source): string {
  if (source.kind === "policy.yaml") return `policy.yaml, line ${source.line}`;
  return source.kind === ".env" ? ".env" : `the ${source.kind}`;
}

/** What is wrong with this value, as a start would say it; undefined when it can be used, or when the variable is not of the list. */
export function whyNot(name: string, text: string): string | undefined {
  const row = rows[name];
  if (row === undefined) return undefined;
  const parsed = row[0].safeParse(text.trim());
  return parsed.success ? undefined : refusal(name, text, parsed.error.issues[0]?.message, row[1]);
}

function parse(name: string, { text, source }: Word, schema: z.ZodType, fallback: string): unknown {
  const parsed = schema.safeParse(text);
  if (parsed.success) return parsed.data;
  throw new BadVariable(refusal(name, text, parsed.error.issues[0]?.message, fallback, source));
}

/** A secret that is no good is a secret all the same: it is not repeated. */
function refusal(name: string, text: string, why = "it cannot be used", fallback: string, source?: Source): string {
  const what = isSecret(name, text) ? name : `${name}="${text}"`;
  const where = source?.kind === "policy.yaml" ? tellSource(source) : ".env or in the environment";
  return `${what} cannot be used: ${why}. Change it in ${where}; the default is "${fallback}".`;
}

function wordsOn(name: string, { environment, dotEnv, policy }: Sources): Word[] {
  const set = environment[name];
  // An empty variable of the environment hides what `.env` says.
  const file = set === undefined || isSet(set) ? dotEnv[name] : undefined;
  return [
    ...(isSet(set) ? [{ text: set.trim(), source: { kind: "environment" } as const }] : []),
    ...(isSet(file) ? [{ text: file.trim(), source: { kind: ".env" } as const }] : []),
    ...policy
      .filter((word) => word.name === name)
      .map(({ text, line }) => ({ text: text.trim(), source: { kind: "policy.yaml", line } as const })),
  ];
}
