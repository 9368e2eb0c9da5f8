/** What Telegram refuses, and what that means: try later, never, or log in again. Each with a sentence for a person. */
import { OperationalError } from "../../base/index.ts";

/** The service said no. `code` is its own word, without the number of seconds. */
export class TelegramRefusal extends OperationalError {
  override readonly name = "TelegramRefusal";
  readonly code: string;
  readonly seconds: number;
  constructor(code: string, seconds = 0) {
    super(`Telegram refused: ${code}${seconds > 0 ? ` (${seconds} s)` : ""}.`);
    this.code = code;
    this.seconds = seconds;
  }
}

/** No answer came in time. What was asked may have happened or not. */
export class TelegramSilent extends OperationalError {
  override readonly name = "TelegramSilent";
}

/** This account cannot be used until a person does something. The message says what. */
export class AccountUnusable extends OperationalError {
  override readonly name = "AccountUnusable";
}

/** Words of the service that end an account's session, each with what to do. */
const ENDS: Readonly<Record<string, string>> = {
  AUTH_KEY_UNREGISTERED: "its session was ended",
  AUTH_KEY_INVALID: "its session is not valid",
  AUTH_KEY_FORGOTTEN: "Telegram does not know its session any more",
  AUTH_KEY_DUPLICATED: "its session was used in two places at once, and Telegram ended it",
  SESSION_REVOKED: "its session was ended from another device",
  SESSION_EXPIRED: "its session has expired",
  USER_DEACTIVATED: "the account was deleted",
  USER_DEACTIVATED_BAN: "Telegram has banned the account",
  PHONE_NUMBER_BANNED: "Telegram has banned its phone number",
};

/** Why this refusal ends the account's session, with the next step; undefined when it does not. */
export function endOfSession(agent: string, error: unknown): AccountUnusable | undefined {
  const why = error instanceof TelegramRefusal ? ENDS[error.code] : undefined;
  if (why === undefined) return undefined;
  const next = /banned|deleted/.test(why)
    ? `Write to recover@telegram.org, or log in with another account: \`kaos telegram login ${agent}\``
    : `Log in again: \`kaos telegram login ${agent}\``;
  return new AccountUnusable(`The Telegram account of ${agent} cannot be used: ${why}. ${next}.`, { cause: error });
}

/** Words after which this account must not write in this room any more, at least not soon. */
const FORBIDS: Readonly<Record<string, string>> = {
  PEER_FLOOD: "Telegram limits the account because it wrote too much. Let it rest for a day, and see @SpamBot from it",
  USER_BANNED_IN_CHANNEL: "the account was banned from writing in groups. See @SpamBot from it",
  CHAT_WRITE_FORBIDDEN: "the account may not write in this group. Give it the right in the group's permissions",
  CHAT_SEND_PLAIN_FORBIDDEN:
    "the account may not write text in this group. Give it the right in the group's permissions",
  CHAT_RESTRICTED: "Telegram restricts this group",
  CHANNEL_PRIVATE: "the account is not in the group any more. Invite it again",
  CHANNEL_INVALID: "the account does not know the group. Invite it",
  USER_NOT_PARTICIPANT: "the account is not in the group any more. Invite it again",
  CHAT_ADMIN_REQUIRED: "only administrators may write in this group. Make the account one, or open the group",
  PEER_ID_INVALID: "Telegram does not know whom to write to",
  USER_IS_BLOCKED: "the person has blocked the account",
  TOPIC_CLOSED: "the topic is closed",
  TOPIC_DELETED: "the topic was deleted",
  MESSAGE_TOO_LONG: "the text is longer than a message may be",
  MESSAGE_EMPTY: "nothing of the text can be shown",
};

export type Verdict =
  | { kind: "duplicate" }
  /** Wait so long, with everything (`account`) or in this room alone. */
  | { kind: "wait"; of: "account" | "room"; ms: number; because: string }
  | { kind: "stop"; because: string; rest: boolean }
  /** The message that is answered is gone: the same without the answer. */
  | { kind: "unthreaded" }
  /** The emphasis is not accepted: the same in plain words. */
  | { kind: "unemphasised" }
  | { kind: "again"; because: string };

/** What a refused send means. */
export function verdictOf(error: TelegramRefusal): Verdict {
  const { code, seconds } = error;
  if (code === "RANDOM_ID_DUPLICATE") return { kind: "duplicate" };
  if (code === "FLOOD_WAIT" || code === "FLOOD_PREMIUM_WAIT") {
    return { kind: "wait", of: "account", ms: seconds * 1_000, because: `Telegram asks to wait ${seconds} s` };
  }
  if (code === "SLOWMODE_WAIT") {
    return {
      kind: "wait",
      of: "room",
      ms: seconds * 1_000,
      because: `the group's slow mode asks to wait ${seconds} s`,
    };
  }
  const forbidden = FORBIDS[code];
  if (forbidden !== undefined) return { kind: "stop", because: forbidden, rest: code === "PEER_FLOOD" };
  if (code === "REPLY_MESSAGE_ID_INVALID" || code === "MSG_ID_INVALID" || code === "REPLY_TO_INVALID") {
    return { kind: "unthreaded" };
  }
  if (/^(ENTIT|WEBPAGE_)/.test(code)) return { kind: "unemphasised" };
  return { kind: "again", because: `Telegram refused: ${code}` };
}
