/** How messages come and go, whatever the service: two small things, hearing and sending. All thinking happens between. */

/** What a transport heard in a room. */
export type Heard = {
  /** `<transport>:<room>`, in one form for all accounts. */
  room: string;
  messageId: string;
  topic: string | null;
  sender: HeardSender;
  text: string;
  replyTo: string | null;
  saidAt: number;
};

/** Who said it: an agent by its name in the swarm, everybody else by the numeric id of the account, never by a name. */
export type HeardSender = { kind: "owner" | "allowed" | "stranger" | "agent"; id: string; name: string };

/** All reactions that a message has now; a reaction that is not among them was taken back. */
export type HeardReactions = {
  room: string;
  messageId: string;
  reactions: readonly { by: HeardSender; emoji: string }[];
};

/** Who listens to a transport. Each of these may be told more than once, by every account that heard it. */
export interface Hearing {
  said(heard: Heard): Promise<void>;
  edited(message: { room: string; messageId: string; text: string }): Promise<void>;
  deleted(message: { room: string; messageId: string }): Promise<void>;
  reacted(reactions: HeardReactions): Promise<void>;
}

/** A place to write to: a room, or a topic of it. */
export type Place = { room: string; topic: string | null };

/** What is to be sent. The same `randomId` means the same message: however often it is sent, it appears once. */
export type Outgoing = Place & {
  id: number;
  replyTo: string | null;
  text: string;
  randomId: string;
};

export type Delivery =
  | { kind: "sent"; messageId: string }
  /** Not now. When it was `asked` to wait, or nobody can be reached, it is no failed try, however often it happens. */
  | { kind: "later"; afterMs: number; because: string; asked?: true }
  /** Never: the room is gone, the account may not write there. */
  | { kind: "never"; because: string };

/** The local account of this agent on the transport. */
export type Account = { id: string; name: string };

export interface Transport {
  /** The word before the colon of its rooms. */
  readonly name: string;
  readonly capabilities: {
    /** Characters that one message may have; longer texts are split. */
    readonly textMax: number;
    /** Messages older than this when the agent comes back are marked missed. */
    readonly catchUpMaxAgeMs: number;
    /** Whether people can see that somebody types. */
    readonly typing: boolean;
    /** Whether messages can be reacted to. */
    readonly reactions: boolean;
  };
  /**
   * Begins to hear; every message is told at least once, also those that came while it was away. Resolves when it is
   * connected, or when it knows that it will not be soon: that stops no other transport, and `send` says why.
   */
  start(hearing: Hearing): Promise<void>;
  send(outgoing: Outgoing): Promise<Delivery>;
  /** Shows in the place that somebody types, until the signal says stop. Never rejects: it is a courtesy. */
  typing(place: Place, signal: AbortSignal): Promise<void>;
  /** Sets this account's reaction to a message, or takes it back. */
  react(message: { room: string; messageId: string }, emoji: string | null): Promise<Delivery>;
  close(): Promise<void>;
}
