/** Taking one fact in, inside whatever transaction needs it: the row, its full text, its place in the conversation. */
import { createHash } from "node:crypto";
import { type Clock, cut, type Random } from "../../base/index.ts";
import type { Database } from "../../sqlite/index.ts";
import { timesIn } from "../language/times.ts";
import { analyse, telling } from "../language/words.ts";
import { EPISODE_GAP_MS, FACT_CHARACTERS_MAX } from "../limits.ts";
import type { NewFact } from "../types.ts";
import type { FactRow } from "./fact-rows.ts";

/** What became of a fact that was to be kept: a new row, or one more source of a row that said the same. */
export type Kept = { id: string; isNew: boolean };

/** The row is there when the fact is new: put it on the shelf once the transaction has committed. */
export type KeptRow = Kept & { seq: number; row: FactRow | undefined };
/** Part of a transaction. */
export type KeepFact = (fact: NewFact, standing: "active" | "quarantined") => KeptRow;

export function createKeepFact(db: Database, { clock, random }: { clock: Clock; random: Random }): KeepFact {
  const insert = db.prepare(`
    INSERT INTO facts (id, subject, text, kind, origin, audience, confidence, thread, message, said_by, quote,
                       valid_from, learned_at, used_at, standing, episode, words, times, digest)
    VALUES (@id, @subject, @text, @kind, @origin, @audience, @confidence, @thread, @message, @by, @quote,
            @validFrom, @now, @usedAt, @standing, @episode, @words, @times, @digest)
  `);
  const addText = db.prepare<[number, string]>("INSERT INTO facts_text (rowid, stems) VALUES (?, ?)");
  const same = db.prepare<[string, string, string], { seq: number; id: string }>(`
    SELECT seq, id FROM facts
    WHERE subject = ? AND digest = ? AND audience = ? AND kind <> 'said' AND standing IN ('active', 'archived', 'quarantined')
    ORDER BY seq LIMIT 1
  `);
  const addSource = db.prepare(`
    INSERT INTO fact_sources (fact, thread, message, said_by, quote, at) VALUES (@fact, @thread, @message, @by, @quote, @at)
  `);
  const confirm = db.prepare<[number, number]>(
    "UPDATE facts SET confidence = min(1, confidence + (1 - confidence) / 4), used_at = max(used_at, ?) WHERE seq = ?",
  );
  const lastOfThread = db.prepare<[string], { episode: number; at: number }>(
    "SELECT episode, valid_from AS at FROM facts WHERE thread = ? AND kind = 'said' ORDER BY seq DESC LIMIT 1",
  );
  const setEpisode = db.prepare<[number, number]>("UPDATE facts SET episode = ? WHERE seq = ?");
  const bySeq = db.prepare<[number], FactRow>("SELECT * FROM facts WHERE seq = ?");
  const newId = () => `f${Array.from({ length: 12 }, () => Math.floor(random() * 16).toString(16)).join("")}`;

  return (fact, standing) => {
    const now = clock.now();
    const text = cut(fact.text, FACT_CHARACTERS_MAX);
    const { thread, message, by, quote } = fact.source;
    const digest = digestOf(text);
    const at = fact.validFrom ?? now;
    const known = fact.kind === "said" ? undefined : same.get(fact.subject, digest, fact.audience);
    if (known !== undefined) {
      addSource.run({ fact: known.seq, thread, message, by, quote, at });
      confirm.run(now, known.seq);
      return { seq: known.seq, id: known.id, isNew: false, row: undefined };
    }
    const isSaid = thread !== null && fact.kind === "said";
    const last = isSaid ? lastOfThread.get(thread) : undefined;
    const goesOn = last !== undefined && Math.abs(at - last.at) <= EPISODE_GAP_MS;
    const spans = timesIn(text, at);
    const words = analyse(text);
    const id = newId();
    const inserted = insert.run({
      id,
      subject: fact.subject,
      text,
      kind: fact.kind,
      origin: fact.origin,
      audience: fact.audience,
      confidence: fact.confidence ?? (fact.kind === "said" ? 1 : 0.7),
      thread,
      message,
      by,
      quote,
      validFrom: at,
      now,
      usedAt: Math.min(now, at),
      standing,
      episode: goesOn ? last.episode : thread === null ? null : 0,
      words: words.join(" "),
      times: spans.length === 0 ? null : JSON.stringify(spans.map(({ from, to }) => [from, to])),
      digest,
    });
    const seq = Number(inserted.lastInsertRowid);
    if (thread !== null && !goesOn) setEpisode.run(seq, seq);
    addText.run(seq, telling(words).join(" "));
    return { seq, id, isNew: true, row: bySeq.get(seq) };
  };
}

/** What exact duplicates share: the words, whatever their case, accents and punctuation. */
export function digestOf(text: string): string {
  const plain = text
    .normalize("NFKC")
    .toLowerCase()
    .match(/[\p{L}\p{N}\p{Extended_Pictographic}]+/gu) ?? [text.trim()];
  return createHash("sha256").update(plain.join(" ")).digest("base64url");
}
