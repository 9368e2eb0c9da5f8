/** The nouns of the ledger: what its rows are, for everyone who reads them. Times are milliseconds since the epoch. */

/** What the swarm knows of one agent, from its `agent.json`: enough to address it and to judge whether a message is its. */
export type AgentCard = {
  name: string;
  role: string;
  /** Whole words, any script, that address it. Its name is always one. */
  aliases: readonly string[];
  /** Subjects it owns, with the words that speak of each. A subject with two owners belongs to nobody. */
  owns: readonly { subject: string; words: readonly string[] }[];
  /** Words that make a message likely its own. A word that ends in * takes any ending. */
  keywords: readonly string[];
  /** Its account on the transport, for mentions: lower case, without @. */
  username: string | null;
  /** Its numeric id on the transport. */
  accountId: string | null;
};

export type AgentRow = AgentCard & {
  epoch: number;
  pid: number;
  state: "up" | "down";
  firstAt: number;
  upAt: number;
  beatAt: number;
  cursor: number;
  /** Up, and heard from within the last 10 s. */
  alive: boolean;
};

export type SenderKind = "owner" | "allowed" | "stranger" | "agent";
export type Sender = { kind: SenderKind; id: string; name: string };

/** What a transport heard, before the ledger knows it. */
export type Heard = {
  room: string;
  messageId: string;
  topic: string | null;
  sender: Sender;
  text: string;
  replyTo: string | null;
  saidAt: number;
};

export type Message = Heard & {
  seq: number;
  /** The person's message that this one goes back to; a person's message is its own root. */
  root: number;
  /** Replies between the root and this one. */
  hops: number;
  recordedAt: number;
  editedAt: number | null;
  deletedAt: number | null;
};

export type Tier = 1 | 2 | 3;

export type ClaimState =
  | "placed"
  | "holding"
  | "delivering"
  | "sent"
  | "passed"
  | "failed"
  | "expired"
  | "yielded"
  | "withdrawn";

export type Claim = {
  id: number;
  message: number;
  root: number;
  agent: string;
  tier: Tier;
  eta: number;
  state: ClaimState;
  slot: number | null;
  fence: number;
  leaseUntil: number;
  attempts: number;
  because: string;
  placedAt: number;
  changedAt: number;
};

export type OutcomeKind = "replied" | "declined" | "lost" | "passed" | "blocked" | "failed" | "missed";
export type Outcome = { message: number; agent: string; outcome: OutcomeKind; because: string; at: number };

/** Relevance of a message for each agent, 1–10. */
export type Scores = Readonly<Record<string, number>>;

export type Judgement =
  | { state: "asking"; by: string; attempts: number }
  | { state: "made"; by: string; scores: Scores; costUsd: number }
  | { state: "failed"; by: string; because: string };

export type OutboxState = "queued" | "sending" | "sent" | "failed" | "cancelled";
export type Parcel = {
  id: number;
  claim: number;
  agent: string;
  room: string;
  topic: string | null;
  replyTo: string | null;
  part: number;
  text: string;
  randomId: string;
  state: OutboxState;
  attempts: number;
  dueAt: number;
  queuedAt: number;
  sentId: string | null;
  sentAt: number | null;
  error: string | null;
  by: string;
};

export type Pause = {
  scope: "swarm" | "agent" | "job" | "tool";
  name: string;
  by: string;
  at: number;
  until: number | null;
};

export type LedgerEvent = {
  id: number;
  at: number;
  kind: string;
  message: number | null;
  agent: string | null;
  detail: Readonly<Record<string, unknown>>;
};
