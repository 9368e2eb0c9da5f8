/** What one agent remembers as lines of JSON, in words that no database is needed to read: what `takeOut` writes and `bringIn` reads. */
import { z } from "zod";
import { entityKinds } from "../layers/graph.ts";
import { FACT_CHARACTERS_MAX } from "../limits.ts";
import { type Audience, factKinds, origins, standings } from "../types.ts";

/** A name, a thread, a message, a subject: longer ones were written by nobody. */
const LABEL_CHARACTERS_MAX = 2_000;
const SAID_CHARACTERS_MAX = 1_000_000;
/** What one fact may stand on, or be known from. */
const LINKS_MAX = 10_000;

const id = z.string().regex(/^f[0-9a-f]{12}$/);
const label = z.string().max(LABEL_CHARACTERS_MAX);
const count = z.int().min(0);
/** Milliseconds since the epoch; the bounds are those of a Date. */
const instant = z.int().min(-8.64e15).max(8.64e15);
const audience = z.custom<Audience>(
  (value) => typeof value === "string" && /^(?:public|owner|(?:room|person):.+)$/su.test(value),
  "it is not public, owner, room:… or person:…",
);
const quote = z.string().max(SAID_CHARACTERS_MAX).nullable();
const source = z.strictObject({ thread: label.nullable(), message: label.nullable(), by: label, quote });

const fact = z.strictObject({
  id,
  text: z.string().max(FACT_CHARACTERS_MAX),
  kind: z.enum(factKinds),
  subject: label,
  origin: z.enum(origins),
  audience,
  confidence: z.number().min(0).max(1),
  source,
  validFrom: instant,
  validTo: instant.nullable(),
  learnedAt: instant,
  retractedAt: instant.nullable(),
  usedAt: instant,
  uses: count,
  standing: z.enum(standings),
  successor: id.nullable(),
  /** The first thing said of the episode it belongs to; null for what stands alone. */
  episode: id.nullable(),
  furtherSources: z.array(source.extend({ at: instant })).max(LINKS_MAX),
  drawnFrom: z.array(id).max(LINKS_MAX),
  extraction: z
    .strictObject({
      state: z.enum(["waiting", "done", "failed"]),
      attempts: count,
      dueAt: instant,
      because: z.string().max(SAID_CHARACTERS_MAX),
    })
    .nullable(),
});

const session = z.strictObject({
  thread: label,
  by: z.enum(["person", "agent"]),
  text: z.string().max(SAID_CHARACTERS_MAX),
  model: label.nullable(),
  at: instant,
  /** The fact that says the same, for recall. */
  fact: id.nullable(),
});

const entity = z.strictObject({
  /** Counts from 1; other lines name the entity by it. */
  entity: z.int().positive(),
  name: label,
  kind: z.enum(entityKinds),
  aliases: z.array(label).max(LINKS_MAX),
  sameAs: z.int().positive().nullable(),
});
const mention = z.strictObject({ entity: z.int().positive(), fact: id });
const relation = z.strictObject({ source: z.int().positive(), kind: label, target: z.int().positive(), fact: id });

const night = z.strictObject({
  at: instant,
  undoneAt: instant.nullable(),
  report: z.unknown(),
  changes: z
    .array(
      z.strictObject({
        fact: id,
        step: label,
        standing: z.enum(standings),
        validTo: instant.nullable(),
        successor: id.nullable(),
      }),
    )
    .max(1_000_000),
  /** Entities that it linked to another one. */
  aliases: z.array(z.int().positive()).max(1_000_000).default([]),
});
const supposition = z.strictObject({
  person: label,
  text: label,
  state: z.enum(["open", "confirmed", "dropped"]),
  by: label,
  changedAt: instant,
  for: z.array(id).max(LINKS_MAX),
  against: z.array(id).max(LINKS_MAX),
  /** Those of them that a model cited; the others shared its words. */
  cited: z.array(id).max(LINKS_MAX).default([]),
  /** Who may know all that a model was shown when it proposed this; null for what a person wrote. */
  shown: z.array(audience).max(LINKS_MAX).nullable().default(null),
});
/** That something was forgotten, and nothing of what: it is not to come back with an old archive. */
const forgotten = z.strictObject({ id, at: instant });

/** One kind of line a file, in the order in which they are read: later ones name what earlier ones brought. */
export const movedRecords = {
  forgotten,
  facts: fact,
  sessions: session,
  entities: entity,
  mentions: mention,
  relations: relation,
  nights: night,
  suppositions: supposition,
} as const;

export type MovedKind = keyof typeof movedRecords;
export type Moved<Kind extends MovedKind> = z.output<(typeof movedRecords)[Kind]>;
/** Where each kind of line comes from. They are read once, in order. */
export type MovedLines = { readonly [Kind in MovedKind]: Iterable<Moved<Kind>> };

export const movedKinds = Object.keys(movedRecords) as readonly MovedKind[];
