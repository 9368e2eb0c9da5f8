/** How messages come and go, whatever the service: two small things, hearing and sending. All thinking happens between. */

/** What a transport heard in a room. */
export type Heard = {
  /** `<transport>:<room>`, in one form for all accounts. */
  room: string;
  messageId: string;
  topic: string | null;
  sender: { kind: "owner" | "allowed" | "stranger" | "agent"; id: string; name: string };
  text: string;
  replyTo: string | null;
  saidAt: number;
};

/** What is to be sent. The same `randomId` means the same message: however often it is sent, it appears once. */
export type Outgoing = {
  id: number;
  room: string;
  topic: string | null;
  replyTo: string | null;
  text: string;
  randomId: string;
};

export type Delivery =
  | { kind: "sent"; messageId: string }
  /** Not now: a flood wait, a lost connection. */
  | { kind: "later"; afterMs: number; because: string }
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
  };
  /** Begins to hear; every message goes to `hear` at least once. Resolves when connected. */
  start(hear: (heard: Heard) => Promise<void>): Promise<void>;
  send(outgoing: Outgoing): Promise<Delivery>;
  close(): Promise<void>;
}
