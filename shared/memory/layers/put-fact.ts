/** A fact that has its id as rows: the row itself, its full text, what ranking needs. Part of whatever transaction brings it. */
import { createHash } from "node:crypto";
import type { Database } from "../../sqlite/index.ts";
import { timesIn } from "../language/times.ts";
import { analyse, telling } from "../language/words.ts";
import type { Fact } from "../types.ts";

/** Where it stands in its conversation: in the episode that this row began; `own`: it begins one itself. */
export type Episode = number | "own" | null;

/** Returns the row's number. What full text and ranking need is made from the text. */
export type PutFact = (fact: Fact, episode: Episode) => number;

export function createPutFact(db: Database): PutFact {
  const insert = db.prepare(`
    INSERT INTO facts (id, subject, text, kind, origin, audience, confidence, thread, message, said_by, quote, valid_from,
                       valid_to, learned_at, retracted_at, used_at, uses, standing, successor, episode, words, times, digest)
    VALUES (@id, @subject, @text, @kind, @origin, @audience, @confidence, @thread, @message, @by, @quote, @validFrom,
            @validTo, @learnedAt, @retractedAt, @usedAt, @uses, @standing, @successor, @episode, @words, @times, @digest)
  `);
  const addText = db.prepare<[number, string]>("INSERT INTO facts_text (rowid, stems) VALUES (?, ?)");
  const setEpisode = db.prepare<[number, number]>("UPDATE facts SET episode = ? WHERE seq = ?");
  return ({ source, ...fact }, episode) => {
    const words = analyse(fact.text);
    const spans = timesIn(fact.text, fact.validFrom);
    const { lastInsertRowid } = insert.run({
      ...fact,
      ...source,
      episode: episode === "own" ? 0 : episode,
      words: words.join(" "),
      times: spans.length === 0 ? null : JSON.stringify(spans.map(({ from, to }) => [from, to])),
      digest: digestOf(fact.text),
    });
    const seq = Number(lastInsertRowid);
    if (episode === "own") setEpisode.run(seq, seq);
    addText.run(seq, telling(words).join(" "));
    return seq;
  };
}

/** What exact duplicates share: the words, whatever their case and punctuation. */
export function digestOf(text: string): string {
  const plain = text
    .normalize("NFKC")
    .toLowerCase()
    .match(/[\p{L}\p{N}\p{Extended_Pictographic}]+/gu) ?? [text.trim()];
  return createHash("sha256").update(plain.join(" ")).digest("base64url");
}
