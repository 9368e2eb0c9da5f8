/** The line of one account: when it is back what was missed is asked for, when it stays away it is given up. */
import type { Clock } from "../../base/index.ts";
import { TelegramRefusal, TelegramSilent } from "./failures.ts";

/** The library reconnects by itself. When it has not within this, it is begun anew. */
const DOWN_MAX_MS = 20_000;

/** Reacts to the edges of the connection; the library repeats "up" after every ping. */
export function watchLink(clock: Clock, signal: AbortSignal, onBack: () => Promise<void> | undefined) {
  const { promise: broken, reject } = Promise.withResolvers<never>();
  // Nobody waits for it yet while the account connects.
  broken.catch(() => {});
  let state: "up" | "down" | "lost" = "up";
  let downs = 0;
  return {
    broken,
    changed(now: "up" | "down" | "lost") {
      const before = state;
      state = now;
      if (now === "lost") return reject(new TelegramRefusal("AUTH_KEY_FORGOTTEN"));
      if (now === before) return;
      if (now === "up") return void onBack()?.catch(reject);
      const thisDown = ++downs;
      const tooLong = () => {
        if (state === "down" && downs === thisDown)
          reject(new TelegramSilent("The connection to Telegram did not come back."));
      };
      void clock.sleep(DOWN_MAX_MS, signal).then(tooLong, () => {});
    },
  };
}
