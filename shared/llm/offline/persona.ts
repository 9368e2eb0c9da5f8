/** Answers as a persona would, from the lines that were prepared for it and from what it has been given. */
import { dice } from "../../base/index.ts";
import { wordsFound } from "../../config/index.ts";
import { akin, isGreeting, type Language, languageOf, topicWords } from "./language.ts";
import { honest, noLines, nothingToAdd, remembered } from "./phrases.ts";
import type { Line, Situation } from "./reading.ts";
import { tellResults, toolFor } from "./tools.ts";

/** What the offline model does: says something, or asks for a tool. */
export type Reply = { text: string } | { tool: string; arguments: string };

/** Tags that say when a line fits, not what it is about. */
const OCCASIONS = ["any", "second", "hello"];
/** Two lines together; one line alone may be longer. */
const CHARACTERS_MAX = 260;

/** Ways to ask whether a person or a machine speaks here. */
const ASKS_WHAT_IT_IS = [
  /are you (?:a |an )?(?:real|ai|bot|human|robot|language model|llm|chatbot)(?!\p{L})/iu,
  /what are you(?: exactly| really)?\s*(?:[?!.,]|$)/iu,
  /(?:what|which) (?:language |ai )?(?:model|llm) (?:are you|is this|do you|is behind|am i)/iu,
  /(?:ты|вы) (?:настоящ|бот|человек|модель|робот|нейросеть|живой|живая|ии(?!\p{L}))/iu,
  /(?:какая|что за) (?:ты |вы )?(?:модель|нейросеть)|(?:ты|вы) какая модель|что ты (?:такое|такой)/iu,
  /bist du (?:ein |eine |nur )*(?:echt|bot|mensch|modell|roboter|ki(?!\p{L}))/iu,
  /welches (?:sprach)?modell (?:bist|ist|läuft)|was bist du/iu,
];

/** The same situation always gets the same reply. */
export function replyAs(situation: Situation): Reply {
  const { message, results, tools, peerAnswered } = situation;
  const language = languageOf(message);
  if (results.length > 0) return { text: tellResults(results, language, message) };
  const lines = choosable(situation, language);
  const fitting = byFit(lines, message);
  if (peerAnswered) return second(situation, lines, fitting, language);
  if (ASKS_WHAT_IT_IS.some((way) => way.test(message))) return { text: honest[language] };
  const call = toolFor(message, tools);
  if (call !== undefined) return call;

  const whatever = best(lines, "any", message) ?? lines[0];
  if (whatever === undefined) return { text: noLines[language] };
  if (isGreeting(message)) return { text: say([best(lines, "hello", message) ?? whatever]) };
  return { text: say([...(fitting.length > 0 ? atMost(fitting) : [whatever]), recollection(situation, language)]) };
}

/** After a peer: only what the persona has of its own to add, else it passes. */
function second(
  { message, tools }: Situation,
  lines: readonly Line[],
  fitting: readonly Line[],
  language: Language,
): Reply {
  const [own] = fitting;
  const opening = best(lines, "second", message);
  if (own !== undefined) return { text: say(own.tags.includes("second") ? [own] : [opening, own]) };
  const pass = tools.find((tool) => tool.name === "pass");
  if (pass === undefined) return { text: say([opening]) || nothingToAdd[language] };
  const [field] = pass.textFields;
  return { tool: "pass", arguments: JSON.stringify(field === undefined ? {} : { [field]: nothingToAdd[language] }) };
}

/** Lines in the person's language, else in English; not those that were said a moment ago, while there are others. */
function choosable({ lines, before }: Situation, language: Language): readonly Line[] {
  const spoken = lines.filter((line) => line.language === language);
  const usable = spoken.length > 0 ? spoken : lines.filter((line) => line.language === "en");
  const fresh = usable.filter((line) => !before.includes(line.text));
  return fresh.length > 0 ? fresh : usable;
}

/** The lines whose subject the message mentions, those that meet more of it first. */
function byFit(lines: readonly Line[], message: string): Line[] {
  const subjects = ({ tags }: Line) => tags.filter((tag) => !OCCASIONS.includes(tag));
  return lines
    .map((line) => ({ line, fit: wordsFound(message, subjects(line)).length, tie: dice(message, line.text) }))
    .filter((one) => one.fit > 0)
    .sort((one, other) => other.fit - one.fit || one.tie - other.tie)
    .map((one) => one.line);
}

/** The best line, and the next one where both together stay short. */
function atMost([first, next]: readonly Line[]): (Line | undefined)[] {
  const together = (first?.text.length ?? 0) + (next?.text.length ?? 0);
  return [first, together <= CHARACTERS_MAX ? next : undefined];
}

/** A line for an occasion, chosen by chance that the message decides. */
function best(lines: readonly Line[], occasion: string, message: string): Line | undefined {
  const fit = lines.filter((line) => line.tags.includes(occasion));
  return fit[Math.floor(dice(occasion, message) * fit.length)];
}

/** What is remembered of the message's subject, if anything. */
function recollection({ message, recollections }: Situation, language: Language): string | undefined {
  const words = topicWords(message);
  const found = recollections.find((one) => topicWords(one).some((own) => words.some((word) => akin(own, word))));
  return found === undefined ? undefined : remembered[language](/[.!?…]$/.test(found) ? found : `${found}.`);
}

function say(parts: readonly (Line | string | undefined)[]): string {
  return parts.flatMap((part) => (part === undefined ? [] : typeof part === "string" ? part : part.text)).join(" ");
}
