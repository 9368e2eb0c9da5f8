/** A fact that has an id already, from another home or of something said elsewhere, as rows: part of whatever transaction brings it. */
import type { Database } from "../../sqlite/index.ts";
import { timesIn } from "../language/times.ts";
import { analyse, telling } from "../language/words.ts";
import { digestOf } from "../layers/keep-facts.ts";
import type { Fact } from "../types.ts";

/** `own`: it begins an episode itself. */
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
