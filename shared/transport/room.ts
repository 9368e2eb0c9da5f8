/** The local room: a group that lives in the ledger itself. People write in the control room or with `kaos room`. No network. */
import type { Transport } from "./contract.ts";

/** The one room that every installation has. */
export const MAIN_ROOM = "room:main";

/** Telegram's limit, so that what is written here could be sent there. */
const TEXT_MAX = 4_096;

type Deps = {
  /** Lets a parcel appear in the room with this text, in one step with marking it sent; undefined when it was cancelled. */
  post: (parcel: number, text: string) => Promise<string | undefined>;
  catchUpMaxAgeMs: number;
};

/** There is nothing to hear: what is said in the room is in the ledger already. */
export function createRoom({ post, catchUpMaxAgeMs }: Deps): Transport {
  return {
    name: "room",
    capabilities: { textMax: TEXT_MAX, catchUpMaxAgeMs, typing: false, reactions: false },
    start: async () => {},
    async send({ id, text }) {
      const messageId = await post(id, text);
      return messageId === undefined ? { kind: "never", because: "it was cancelled" } : { kind: "sent", messageId };
    },
    // The Room view streams the draft itself.
    typing: async () => {},
    react: async () => ({ kind: "never", because: "there are no reactions in the local room" }),
    close: async () => {},
  };
}
