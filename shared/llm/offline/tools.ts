/** The tools the offline model knows how to ask for: what a person says when they mean one, and how to tell the result. */
import { cut, oneLine } from "../../base/index.ts";
import { arithmeticIn } from "./arithmetic.ts";
import { akin, type Language, topicWords } from "./language.ts";
import { toolFailed } from "./phrases.ts";
import type { OfferedTool, ToolReply } from "./reading.ts";
import { timeAskedIn } from "./zones.ts";

type Recognised = {
  tool: string;
  /** What to ask with, or undefined when the message asks for something else. An empty text asks without anything. */
  asked(message: string): string | undefined;
  /** The field of the tool's input that takes it; the first text field if none is called so. */
  field: RegExp;
  /** Further fields by their names, filled where the tool has them. */
  also?(asked: string, message: string): Readonly<Record<string, string>>;
  say: Readonly<Record<Language, (result: string) => string>>;
};

const RESULT_CHARACTERS_MAX = 800;

const known: readonly Recognised[] = [
  // First: what is to be written down may ask for anything, and is not asked for now.
  {
    tool: "write-file",
    asked: (message) => toSave(message)?.path,
    field: /path|file/i,
    also: (_, message) => ({ text: toSave(message)?.text ?? "" }),
    say: { en: (it) => `Done. ${it}`, ru: (it) => `Готово. ${it}`, de: (it) => `Erledigt. ${it}` },
  },
  {
    tool: "calculate",
    asked: arithmeticIn,
    field: /expr|formula/i,
    say: { en: (it) => `By my count: ${it}`, ru: (it) => `Считаю: ${it}`, de: (it) => `Gerechnet: ${it}` },
  },
  {
    tool: "current-time",
    asked: timeAskedIn,
    field: /zone|tz/i,
    say: {
      en: (it) => `By the clock: ${it}`,
      ru: (it) => `По часам: ${it}`,
      de: (it) => `Ein Blick auf die Uhr: ${it}`,
    },
  },
  {
    tool: "recall",
    asked: after(
      /(?:what do you (?:know|remember) about|do you remember|(?:^|[.,!:]\s*|please |can you )recall)\s+(.+)/i,
      /(?:что (?:ты |вы )?(?:знаешь|знаете|помнишь|помните) (?:о|об|обо|про)|(?:ты )?помнишь(?: ли)?)\s+(.+)/i,
      /(?:was wei(?:ß|ss)t du (?:über|von)|erinnerst du dich an)\s+(.+)/i,
    ),
    field: /query|about|text|question/i,
    say: {
      en: (it) => `This is what I remember: ${it}`,
      ru: (it) => `Вот что я помню: ${it}`,
      de: (it) => `Das weiß ich noch: ${it}`,
    },
  },
  {
    tool: "remember",
    asked: after(
      /(?:^|[.,!:]\s*|^@\S+\s+)(?:please |can you |could you )?remember(?!\s+(?:when|how|last)\b)(?:\s+that|:)?\s+(.+)/i,
      /(?:^|[\s.,!:])запомни(?:те)?(?:,?\s+что|:)?\s+(.+)/i,
      /(?:^|[\s.,!:])merk(?:e)? dir(?:\s+bitte)?(?:,?\s+dass|:)?\s+(.+)/i,
    ),
    field: /fact|text|content|what/i,
    // What kind of fact it is would take understanding.
    also: (quote) => ({ kind: "knowledge", quote }),
    say: { en: (it) => `Noted. ${it}`, ru: (it) => `Записано. ${it}`, de: (it) => `Notiert. ${it}` },
  },
  {
    tool: "list-skills",
    asked: (message) => (ASKS_SKILLS.test(message) ? "" : undefined),
    field: /./,
    say: {
      en: (it) => `These are my skills: ${it}`,
      ru: (it) => `Вот мои навыки: ${it}`,
      de: (it) => `Das sind meine Skills: ${it}`,
    },
  },
  {
    tool: "read-file",
    asked: after(
      /(?<!\p{L})(?:read|open|show|прочитай|прочти|открой|покажи|lies|öffne|zeig)(?:[^\n:]|:(?!\/))*?([\w./-]*\w\.[a-z]\w{0,7})(?:$|[\s?!.,"»)])/iu,
    ),
    field: /path|file|name/i,
    say: {
      en: (it) => `Here is what it says: ${it}`,
      ru: (it) => `Вот что там написано: ${it}`,
      de: (it) => `Darin steht: ${it}`,
    },
  },
];

const ASKS_SKILLS =
  /(?:list|show)(?: me)?(?: your| all| the)* skills|what skills (?:do you|have you|are (?:there|available))|как(?:ие|ими) (?:у тебя|у вас|ты|есть)[^.?!]{0,20}(?:навык|умени)|(?:список|покажи)[^.?!]{0,10} навык|welche (?:skills|fähigkeiten) (?:hast|habt|gibt)|(?:liste|zeig)[^.?!]{0,15} (?:skills|fähigkeiten)/i;

/** The call that a message clearly asks for, among the tools on offer. */
export function toolFor(
  message: string,
  offered: readonly OfferedTool[],
): { tool: string; arguments: string } | undefined {
  for (const { tool, asked, field, also } of known) {
    const offer = offered.find((one) => one.name === tool);
    const value = offer && asked(message);
    if (offer === undefined || value === undefined) continue;
    const { textFields } = offer;
    const name = textFields.find((one) => field.test(one)) ?? textFields[0];
    const more = Object.entries(also?.(value, message) ?? {}).filter(([one]) => textFields.includes(one));
    const input = value === "" || name === undefined ? {} : { [name]: value, ...Object.fromEntries(more) };
    return { tool, arguments: JSON.stringify(input) };
  }
  return undefined;
}

/** Sentences that tell what the tools brought, in the order they were asked. */
export function tellResults(results: readonly ToolReply[], language: Language, message: string): string {
  return results.map((result) => tell(result, language, message)).join(" ");
}

/** How the engine begins a result that is none: its outcome, a colon, what happened; advice for the model follows. */
const FAILED = /^(?:unknown tool|bad arguments|refused|skip this item|server down|timed out|failed): (.+)/;

function tell({ tool, text }: ToolReply, language: Language, message: string): string {
  const failure = FAILED.exec(text)?.[1];
  if (failure !== undefined) return sentence(toolFailed[language](failure));
  const result = cut(oneLine(recollected(inside(text), message)), RESULT_CHARACTERS_MAX);
  const say = known.find((one) => one.tool === tool)?.say[language];
  return sentence(say === undefined ? `${tool}: ${result}` : say(result));
}

/** A text from outside stands between marks that are for models alone. */
function inside(text: string): string {
  return /^<outside id="([^"]+)"[^>]*>\n([\s\S]*)\n<\/outside id="\1">/.exec(text)?.[2] ?? text;
}

/** How memory writes a recollection: its id, its day and who said it, then the fact. */
const RECOLLECTION = /^\[[\w-]+, (\d{4}-\d\d-\d\d), ([^\]]+)\] (.+)$/;

/** What is remembered of this, for a person: each thing once, and without the ids. Any other text stays as it is. */
function recollected(text: string, message: string): string {
  const found = text.split("\n").flatMap((line) => {
    const [, day, by, fact = ""] = RECOLLECTION.exec(line) ?? [];
    return fact === "" ? [] : [{ fact, told: `${fact} (${by}, ${day})`, words: topicWords(fact) }];
  });
  const asked = topicWords(message.replace(/@\S+/g, " "));
  const fitting = found.filter(({ words }) => words.some((own) => asked.some((word) => akin(own, word))));
  const shortest = (fitting.length > 0 ? fitting : found).toSorted((one, other) => one.fact.length - other.fact.length);
  const once = shortest.filter(
    ({ words }, at) => !shortest.slice(0, at).some((before) => before.words.every((word) => words.includes(word))),
  );
  return once.length === 0 ? text : once.map(({ told }) => told).join("; ");
}

function sentence(text: string): string {
  return /[.!?…]$/.test(text) ? text : `${text}.`;
}

/** What stands behind one of these openings. */
function after(...openings: readonly RegExp[]): (message: string) => string | undefined {
  return (message) => {
    for (const opening of openings) {
      const found = opening.exec(oneLine(message))?.[1]?.replace(/[?!.\s]+$/, "");
      if (found) return found;
    }
    return undefined;
  };
}

/** save “this” to notes/that.md, in three languages. */
const SAVES = new RegExp(
  [
    String.raw`(?<!\p{L})(?:save|write|put|сохрани(?:те)?|запиши(?:те)?|speicher[en]*|schreib[en]*)\s+`,
    String.raw`(?:"([^"]+)"|“([^”]+)”|«([^»]+)»|„([^“”]+)[“”])\s+`,
    String.raw`(?:to|into|in|as|в|как|als|unter)\s+([\w./-]*\w\.[a-z]\w{0,7})(?![\w/])`,
  ].join(""),
  "iu",
);

function toSave(message: string): { path: string; text: string } | undefined {
  const [, ...found] = SAVES.exec(message) ?? [];
  const path = found.pop();
  const text = found.find((one) => one !== undefined);
  return path === undefined || text === undefined ? undefined : { path, text };
}
