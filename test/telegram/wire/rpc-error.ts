/** A refusal of a call, in Telegram's own words (https://core.telegram.org/api/errors). */
export class RpcError extends Error {
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

/** Ends the call with this error. */
export function refuse(code: number, message: string): never {
  throw new RpcError(code, message);
}

/** The code that Telegram gives to an error, for the ones that tests ask for by name. */
export function codeOf(message: string): number {
  if (/^(FLOOD|FLOOD_PREMIUM|SLOWMODE|TAKEOUT)_/.test(message)) return 420;
  if (/^(AUTH_KEY_UNREGISTERED|SESSION_|USER_DEACTIVATED)/.test(message)) return 401;
  if (/^(CHAT_WRITE_FORBIDDEN|CHAT_SEND_\w+_FORBIDDEN)$/.test(message)) return 403;
  if (/^(AUTH_KEY_DUPLICATED|CHANNEL_PRIVATE)$/.test(message)) return 406;
  return /^(RANDOM_ID_DUPLICATE|RPC_|INTERDC_|\w*_?TIMEOUT)/i.test(message) ? 500 : 400;
}
