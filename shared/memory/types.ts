/** The words of memory: a fact, who may read it, and what recalling brings back. */

/** What a fact is. `said` is something said word for word; the others were drawn from it, by rule, by a model or by a person. */
export const factKinds = [
  "said",
  "identity",
  "preference",
  "decision",
  "event",
  "plan",
  "knowledge",
  "insight",
] as const;
export type FactKind = (typeof factKinds)[number];

/** Whose words a fact stands on. Set by code that knows, never by a model. */
export const origins = ["owner", "person", "agent", "outside"] as const;
export type Origin = (typeof origins)[number];

/** Who may be told: everybody, everybody in one room, one person in private, the owner in private. */
export type Audience = "public" | "owner" | `room:${string}` | `person:${string}`;

/** Who is being answered, and where. `room` is null in a private chat. */
export type Reader = { person: string; isOwner: boolean; room: string | null };

/** Where a fact comes from. `thread` and the times place it among what was said around it. */
export type Source = {
  /** One conversation: a private chat, a room, a terminal; null for what stands alone. */
  thread: string | null;
  /** The message or turn, in the words of whoever can look it up. */
  message: string | null;
  /** Who said it, by name. */
  by: string;
  /** The words themselves, when `text` is not them. */
  quote: string | null;
};

export type NewFact = {
  text: string;
  kind: FactKind;
  /** The person it is about or who said it: the same id over all chats. */
  subject: string;
  origin: Origin;
  audience: Audience;
  source: Source;
  /** 0 to 1. */
  confidence?: number;
  /** When it was said, or began to hold; now, if not given. Milliseconds since the epoch, as are all times here. */
  validFrom?: number;
};

/** `active` and `archived` facts are recalled (archived ones last); quarantined, merged and retracted ones never. */
export const standings = ["active", "archived", "quarantined", "merged", "retracted"] as const;
export type Standing = (typeof standings)[number];

export type Fact = Required<NewFact> & {
  id: string;
  /** Holds until; null while it holds. */
  validTo: number | null;
  learnedAt: number;
  retractedAt: number | null;
  /** Last recalled into a prompt; when it was learned, until then. */
  usedAt: number;
  uses: number;
  standing: Standing;
  /** The fact that took its place, when it was merged or contradicted. */
  successor: string | null;
};

/** The layers that recall asks, by name; layer 1, sessions, is read in order by the chat itself. */
export const layerNames = ["facts", "vectors", "graph", "shared"] as const;
export type LayerName = (typeof layerNames)[number];
