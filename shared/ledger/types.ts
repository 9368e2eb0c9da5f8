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
  /** The colleague that takes over when it does not answer on a subject it owns. */
  escalatesTo: string | null;
  /** How long it may take to answer on a subject it owns. */
  slaMinutes: number;
  /** Jobs it is asked first for. */
  jobs?: readonly string[];
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
  /** The owner of the subject, for whom this volunteer stands back. */
  defersTo: string | null;
  placedAt: number;
  changedAt: number;
};

/** Everything that a decision depended on. The ledger keeps it in the feed and does not look inside: replay does. */
export type Grounds = Readonly<Record<string, unknown>>;

export type OutcomeKind = "replied" | "declined" | "lost" | "passed" | "blocked" | "failed" | "missed";
export type Outcome = { message: number; agent: string; outcome: OutcomeKind; because: string; at: number };

/** Relevance of a message for each agent, 1–10. */
export type Scores = Readonly<Record<string, number>>;

export type Judgement =
  | { state: "asking"; by: string; attempts: number }
  | { state: "made"; by: string; scores: Scores; costUsd: number }
  | { state: "failed"; by: string; because: string };

type OutboxState = "queued" | "sending" | "sent" | "failed" | "cancelled";
export type Parcel = {
  id: number;
  /** What it belongs to: a claim, an assignment or what a job has to say. */
  claim: number | null;
  assignment: number | null;
  delivery: number | null;
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

export type AssignmentKind =
  /** A colleague gives its work away. */
  | "hand-off"
  /** Work that was handed on comes back: rejected, or nobody did it. */
  | "returned"
  /** The owner of a subject did not answer in time. */
  | "escalation"
  /** A voice in a council, given without hearing the others. */
  | "position"
  /** A look at a colleague's draft. */
  | "review"
  /** What does this agent know about something? */
  | "question"
  /** A person has decided on a call: the turn that waits for it goes on. */
  | "decided"
  /** An automation needs this agent's mind or memory; the task says which, as JSON. */
  | "job"
  /** One step of a plan. */
  | "step"
  /** A person wants something forgotten. */
  | "forget"
  /** A turn that was interrupted goes on; the task is its id. */
  | "resume";

export type AssignmentState = "waiting" | "working" | "delivering" | "done" | "rejected" | "dead";

/** Work that the ledger holds for one agent. */
export type Assignment = {
  id: number;
  key: string;
  kind: AssignmentKind;
  agent: string;
  /** The agent that gave it, or "swarm", or the person. */
  giver: string;
  /** The person's message that it goes back to; null when none began it. */
  message: number | null;
  /** Without a message: where an answer goes. Null: nowhere, what it says is its result. */
  room: string | null;
  /** Whose text the task stands on. */
  sources: readonly { label: string; from: string }[];
  /** How often the work has changed hands, this time too. */
  depth: number;
  task: string;
  state: AssignmentState;
  fence: number;
  leaseUntil: number;
  attempts: number;
  dueAt: number;
  deadlineAt: number;
  /** The approval without which it does not go on. */
  waitsFor: number | null;
  /** A position, a verdict, what a colleague knows, what a job found. */
  result: string | null;
  because: string;
  givenAt: number;
  changedAt: number;
};

/** A message on a subject that somebody owns, until it is answered. */
export type SubjectWatch = {
  message: number;
  subject: string;
  owner: string;
  deadlineAt: number;
  state: "waiting" | "answered" | "escalated" | "dropped";
  because: string;
  changedAt: number;
};

export type ApprovalState = "pending" | "granted" | "denied" | "expired";

/** One risky call that waits for a person, or was decided. */
export type Approval = {
  id: number;
  agent: string;
  turn: string;
  tool: string;
  /** The arguments as they will run. */
  arguments: string;
  /** The message whose answer needs it; null outside a room. */
  message: number | null;
  /** Why a person is asked. */
  because: string;
  /** Whose text led to it. */
  sources: readonly { label: string; from: string }[];
  state: ApprovalState;
  by: string;
  /** What the person said about the decision. */
  said: string;
  askedAt: number;
  expiresAt: number;
  decidedAt: number | null;
};

/** "Always allow": calls of one tool of one agent whose arguments match, until it ends or is revoked. */
export type Grant = {
  id: number;
  agent: string;
  tool: string;
  /** Argument → its value; a value that ends in * takes any ending. Every one must match. */
  match: Readonly<Record<string, string>>;
  by: string;
  madeAt: number;
  expiresAt: number;
  revokedAt: number | null;
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
