/** What the shield's model learns from: the public sets with a permissive licence, and our own phrases. */
import { featuresOf, sentencesIn, spell, wordsIn } from "../../shared/security/index.ts";
import { rowsOf } from "./copies.ts";
import type { Corpora, Row } from "./corpora.ts";
import type { Lesson } from "./learn.ts";
import { ownExamples } from "./phrases/index.ts";

type Text = { set: string; from: string; text: string; id: string; attack: boolean };

/** A lesson that knows the set its text is from, so that a whole set can be kept apart, and its rows of words, so that no copy slips in. */
export type Example = Lesson & Text & { rows: Set<number> };

/** Sets whose attacks are encoded: the shield decodes them, there are no words to learn. */
const ENCODED = new Set(["inj_psfuzz_base64"]);
/** Sets of ordinary text that teach what tools, documents and people's notes look like; `most` rows of each. */
const MORE_ORDINARY = [
  ["red_ben_docs", 1_500],
  ["pii_presidio", 600],
  ["skills_anthropic", 20],
  ["skills_superpowers", 20],
  ["skills_vercel", 20],
] as const;
/** Skills are orders to an agent that nobody objects to: so many paragraphs of so many of them. */
const SKILLS = { set: "skills_clawhub", skillsMax: 152, paragraphsMax: 6, countsAs: 2 };
const TEXT_CHARACTERS_MAX = 8_000;
/** A set of so many rows counts one for each; larger sets count less for each row, smaller ones more. */
const ROWS_TYPICAL = 100;

export function lessonsFrom(corpora: Corpora): Example[] {
  const attacks = corpora
    .names("inj_")
    .filter((set) => !ENCODED.has(set))
    .flatMap((set) =>
      corpora
        .rows(set)
        .flatMap((row) => textsOfAttack(set, row).map((text) => ({ set, from: set, text, id: row.id, attack: true }))),
    );
  const ordinary = corpora.names("ben_").flatMap((set) => ordinaryOf(set, corpora.rows(set)));
  const more = MORE_ORDINARY.flatMap(([set, most]) => ordinaryOf(set, evenly(corpora.rows(set), most)));
  const own = ownExamples();
  const ownTexts = own.flatMap(({ set, attack, texts }) =>
    texts.map((text, at) => ({ set, from: set, text, id: String(at), attack })),
  );
  const counts = new Map([...own.map(({ set, counts }) => [set, counts] as const), [SKILLS.set, SKILLS.countsAs]]);
  return weigh(
    [
      ...attacks,
      ...ordinary,
      ...sentencesOf(ordinary),
      ...wrapped(corpora, ordinary),
      ...more,
      ...paragraphsOfSkills(corpora),
      ...ownTexts,
    ],
    counts,
  );
}

function ordinaryOf(set: string, rows: readonly Row[]): Text[] {
  return rows.map(({ text, id }) => ({ set, from: set, text, id, attack: false }));
}

/** Where a set says which part of a row is the attack, that part is what there is to learn; the rest is somebody's mail. */
function textsOfAttack(set: string, row: Row): string[] {
  if (set === "inj_bipia_email") return [row.text.slice(row.text.lastIndexOf("\n") + 1)];
  const order = row["instruction"];
  return typeof order === "string" ? [row.text, order] : [row.text];
}

/** Ordinary texts sentence by sentence: the shield reads sentences alone, too. */
function sentencesOf(texts: readonly Text[]): Text[] {
  return texts.flatMap((text) =>
    sentencesIn(text.text)
      .slice(0, 6)
      .map((sentence) => ({ ...text, set: "ordinary_sentences", text: sentence })),
  );
}

/** Ordinary texts as a tool would bring them, in the same shells as the attacks, so that the shell is no sign of one. */
function wrapped(corpora: Corpora, texts: readonly Text[]): Text[] {
  const shells = corpora.rows("inj_injecagent_base");
  if (shells.length === 0) return [];
  return texts
    .filter(({ text }, at) => at % 6 === 0 && text.length < 600)
    .map((text, at) => {
      const shell = shells[(at * 7) % shells.length];
      return {
        ...text,
        set: "ordinary_in_tool_results",
        text: String(shell?.text).replace(String(shell?.["instruction"]), () => text.text),
      };
    });
}

function paragraphsOfSkills(corpora: Corpora): Text[] {
  return evenly(corpora.rows(SKILLS.set), SKILLS.skillsMax).flatMap(({ text, id }) => {
    const paragraphs = text
      .replace(/^---[\s\S]*?\n---/, "")
      .split(/\n\n+/)
      .filter(({ length }) => length > 30 && length < 800);
    return evenly(paragraphs, SKILLS.paragraphsMax).map((paragraph) => ({
      set: SKILLS.set,
      from: SKILLS.set,
      text: paragraph,
      id,
      attack: false,
    }));
  });
}

function weigh(texts: readonly Text[], counts: ReadonlyMap<string, number>): Example[] {
  const sizes = new Map<string, number>();
  for (const { set } of texts) sizes.set(set, (sizes.get(set) ?? 0) + 1);
  return texts.map((text) => {
    const words = wordsIn(spell(text.text.slice(0, TEXT_CHARACTERS_MAX)));
    const share = Math.sqrt(ROWS_TYPICAL / (sizes.get(text.set) ?? ROWS_TYPICAL));
    return {
      ...text,
      features: featuresOf(words),
      rows: rowsOf(words),
      weight: share * (counts.get(text.set) ?? 1),
    };
  });
}

function evenly<Item>(items: readonly Item[], most: number): Item[] {
  const step = Math.max(1, Math.floor(items.length / most));
  return items.filter((_, at) => at % step === 0);
}
