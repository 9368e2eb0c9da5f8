/** Whom an account has met: names for what is heard, and the hashes without which Telegram lets nobody be written to. Bounded. */
import type { Profile } from "../port.ts";

export interface KnownPeers {
  get(key: string): Profile | undefined;
  hashOf(key: string): string | undefined;
  /** A hash that is known stays known when the same peer comes without one. */
  add(key: string, profile: Profile, hash: string | undefined): void;
}

/** More than the members of any group that six agents can follow. */
const KNOWN_MAX = 5_000;

/** Keys are `<kind> <id>`. The one that was used longest ago is forgotten first. */
export function createKnown(most = KNOWN_MAX): KnownPeers {
  const known = new Map<string, { profile: Profile; hash: string | undefined }>();
  const touch = (key: string) => {
    const one = known.get(key);
    if (one === undefined) return undefined;
    known.delete(key);
    known.set(key, one);
    return one;
  };
  return {
    get: (key) => touch(key)?.profile,
    hashOf: (key) => touch(key)?.hash,
    add(key, profile, hash) {
      const before = touch(key);
      known.set(key, { profile, hash: hash ?? before?.hash });
      const oldest = known.keys().next().value;
      if (known.size > most && oldest !== undefined) known.delete(oldest);
    },
  };
}
