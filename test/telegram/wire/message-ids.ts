/** The numbers of the server's messages: the time in units of 2^-32 s, always rising, and in the last two bits what kind it is. */

export type MessageIds = {
  /** An answer is provoked by a client's message; a notice is not. */
  next(kind: "answer" | "notice"): bigint;
};

export function createMessageIds(): MessageIds {
  let last = 0n;
  return {
    next(kind) {
      const now = Date.now();
      const time =
        (BigInt(Math.floor(now / 1000)) << 32n) | (BigInt(Math.floor(((now % 1000) / 1000) * 2 ** 32)) & ~3n);
      last = time > last ? time : last + 4n;
      return last | (kind === "answer" ? 1n : 3n);
    },
  };
}

/** How far a client's clock may be off before its messages are refused. */
const pastSecondsMax = 300;
const futureSecondsMax = 30;

/** What is wrong with the number of a client's message: a code of bad_msg_notification, or null. */
export function faultOf(messageId: bigint): 16 | 17 | 18 | null {
  const now = Date.now() / 1000;
  const seconds = Number(messageId >> 32n);
  if (messageId & 3n) return 18;
  if (seconds < now - pastSecondsMax) return 16;
  return seconds > now + futureSecondsMax ? 17 : null;
}
