/**
 * Reads `policy.yaml`: what a person allows one installation, in one file that can be reviewed. It lies in the home, says nothing or
 * some of what the variables say, and knows only settings that restrict or open something:
 *
 *     gates:      { server-ops: open }
 *     budgets:    { day-usd: 3 }
 *     egress:     { only: [en.wikipedia.org, "*.example.org"] }
 *     retention:  { messages: 30d }
 *
 * The environment wins over it, but a "no" for a gate wins whoever says it.
 */
import { lstatSync, readFileSync } from "node:fs";
import { isMap, isScalar, isSeq, LineCounter, type Node, type Pair, parseDocument } from "yaml";
import { messageOf, nearest } from "../base/index.ts";
import { ConfigProblem } from "./problem.ts";
import { describeVariables, type VariableName } from "./variables.ts";

/** A policy that a person reviews is short. */
const BYTES_MAX = 64 * 1024;

/** What a policy says of one variable, as text that the variable takes, and the line where it stands. */
export type PolicyWord = { name: VariableName; text: string; line: number };

/** Reads the file, if there is one. Throws a ConfigProblem that names the line and what to write. */
export function loadPolicy(file: string): PolicyWord[] {
  const text = readText(file);
  return text === undefined ? [] : parsePolicy(text, file);
}

/** What this text says. Throws a ConfigProblem that names the line of `file` and what to write. */
export function parsePolicy(text: string, file: string): PolicyWord[] {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true, logLevel: "silent" });
  const at = (offset: number) => lines.linePos(offset).line;
  const refuse = (line: number, because: string): never => {
    throw new ConfigProblem(`${file}, line ${line}: ${because}`);
  };
  const [wrong] = document.errors;
  if (wrong !== undefined) return refuse(at(wrong.pos[0]), `this is no YAML: ${firstSentence(wrong.message)}`);
  if (document.contents === null) return [];
  if (!isMap(document.contents))
    return refuse(
      1,
      `a policy consists of sections, such as "budgets:"; known are ${[...sections.keys()].join(", ")}.`,
    );
  return document.contents.items.flatMap((section) => {
    const name = keyOf(section);
    const settings = sections.get(name);
    if (settings === undefined) return refuse(lineOf(section, at), unknown("section", name, [...sections.keys()]));
    if (isScalar(section.value) && section.value.value === null) return [];
    if (!isMap(section.value))
      return refuse(lineOf(section, at), `"${name}" holds settings: ${list(settings.keys())}.`);
    return section.value.items.map((setting): PolicyWord => {
      const key = keyOf(setting);
      const line = lineOf(setting, at);
      const variable = settings.get(key);
      if (variable === undefined) return refuse(line, unknown(`setting of "${name}"`, key, [...settings.keys()]));
      const written = textOf(setting.value);
      if (written === undefined)
        return refuse(line, `"${name}.${key}" takes one value, or a list of values in brackets.`);
      const { words } = variable;
      if (words === undefined) return { name: variable.name, text: written, line };
      const meant = Object.hasOwn(words, written) ? words[written] : undefined;
      if (meant === undefined)
        return refuse(line, `"${name}.${key}" is "${written}". Write ${Object.keys(words).join(" or ")}.`);
      return { name: variable.name, text: meant, line };
    });
  });
}

type Setting = { name: VariableName; words: Readonly<Record<string, string>> | undefined };

/** Sections with their settings, as the list of variables has them. */
const sections = describeVariables().reduce((all, { name, policy }) => {
  if (policy === undefined) return all;
  const [section = "", key = ""] = policy.at.split(".");
  return all.set(section, (all.get(section) ?? new Map<string, Setting>()).set(key, { name, words: policy.words }));
}, new Map<string, Map<string, Setting>>());

function readText(file: string): string | undefined {
  const stat = lstatSync(file, { throwIfNoEntry: false });
  if (stat === undefined) return undefined;
  if (!stat.isFile()) throw new ConfigProblem(`${file} is not a file of its own. Put the policy itself there.`);
  if (stat.size > BYTES_MAX)
    throw new ConfigProblem(`${file} has ${stat.size} bytes, but at most ${BYTES_MAX} are read. Shorten it.`);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(file));
  } catch (cause) {
    throw new ConfigProblem(
      cause instanceof TypeError
        ? `${file} is not UTF-8 text. Save it as UTF-8.`
        : `${file} cannot be read: ${messageOf(cause)}. Check that this user may read it.`,
      { cause },
    );
  }
}

/** A value as the variable takes it: a list becomes its words with commas between them. */
function textOf(value: unknown): string | undefined {
  if (isScalar(value)) return value.value === null ? undefined : String(value.value);
  if (!isSeq(value)) return undefined;
  const items = value.items.map(textOf);
  return items.every((item) => item !== undefined && !/[\s,]/u.test(item)) ? items.join(",") : undefined;
}

function keyOf({ key }: Pair): string {
  return isScalar(key) ? String(key.value) : "";
}

function lineOf({ key }: Pair, at: (offset: number) => number): number {
  return at((key as Node).range?.[0] ?? 0);
}

function unknown(what: string, name: string, known: readonly string[]): string {
  const near = nearest(name, known);
  return `"${name}" is no ${what}. ${near === undefined ? `Known are ${known.join(", ")}.` : `Did you mean "${near}"?`}`;
}

function list(names: Iterable<string>): string {
  return [...names].join(", ");
}

/** The parser goes on with a picture of the place. */
function firstSentence(message: string): string {
  return message.split(" at line ")[0]?.split("\n")[0] ?? message;
}
