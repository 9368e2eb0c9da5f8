/** Who may come in: a program with a key, for what the key is for, and not too often. */
import { createHash, timingSafeEqual } from "node:crypto";
import type { Request } from "express";
import type { Clock } from "../../shared/base/index.ts";
import type { ApiKey } from "../../shared/config/index.ts";
import { ApiFailure } from "./failure.ts";

/** Requests of one key in a minute, and under way at a time. */
const REQUESTS_PER_MINUTE_MAX = 30;
const UNDER_WAY_MAX = 4;
/** Wrong keys in a minute, whoever shows them; after that none is looked at. */
const WRONG_PER_MINUTE_MAX = 20;
const MINUTE_MS = 60_000;

/** The scope that opens the metrics; a key needs it by name. */
export const METRICS = "metrics";

export type Door = {
  /** Whether there is a key at all. */
  readonly open: boolean;
  /** Whose request this is. Throws an ApiFailure when it may not come in. */
  enter(request: Request): ApiKey;
  /** Counts a request that costs something. The result ends it. Throws an ApiFailure when it is one too many. */
  begin(key: ApiKey): () => void;
};

/** Keys are compared by their hashes, in a time that tells nothing about them. */
export function createDoor({ keys, clock }: { keys: readonly ApiKey[]; clock: Clock }): Door {
  const known = keys.map((key) => ({ key, hash: hashOf(key.secret) }));
  const wrong = counted(clock);
  const begun = new Map(keys.map(({ name }) => [name, { recent: counted(clock), underWay: 0 }]));
  return {
    open: keys.length > 0,
    enter(request) {
      if (known.length === 0)
        throw new ApiFailure(
          404,
          "closed",
          "This endpoint is closed. It opens with a key in KAOS_API_KEYS (name:secret) in .env, and `kaos restart`.",
        );
      if (wrong.inLastMinute() >= WRONG_PER_MINUTE_MAX)
        throw new ApiFailure(429, "too_many_wrong_keys", "Too many wrong keys were shown. Try again in a minute.", {
          retryAfterS: MINUTE_MS / 1_000,
        });
      const shown = /^Bearer\s+(\S+)\s*$/i.exec(request.headers.authorization ?? "")?.[1];
      const hash = hashOf(shown ?? "");
      const found = known.filter((one) => timingSafeEqual(one.hash, hash))[0];
      if (found !== undefined) return found.key;
      if (shown !== undefined) wrong.add();
      throw new ApiFailure(
        401,
        "invalid_api_key",
        shown === undefined
          ? "A key is needed: send `Authorization: Bearer <the secret of one of KAOS_API_KEYS>`."
          : "This key is not one of KAOS_API_KEYS.",
      );
    },
    begin({ name }) {
      const own = begun.get(name);
      if (own === undefined) throw new ApiFailure(401, "invalid_api_key", "This key is not one of KAOS_API_KEYS.");
      if (own.underWay >= UNDER_WAY_MAX || own.recent.inLastMinute() >= REQUESTS_PER_MINUTE_MAX)
        throw new ApiFailure(
          429,
          "rate_limit_exceeded",
          `A key may ask ${REQUESTS_PER_MINUTE_MAX} times a minute and ${UNDER_WAY_MAX} times at once. Ask again in a moment.`,
          { retryAfterS: 10 },
        );
      own.recent.add();
      own.underWay++;
      return () => {
        own.underWay--;
      };
    },
  };
}

/** Whether a key opens a model, or the metrics. Without scopes it opens every model and nothing else. */
export function opens({ scopes }: ApiKey, scope: string): boolean {
  return scopes.length === 0 ? scope !== METRICS : scopes.includes(scope);
}

function hashOf(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

function counted(clock: Clock) {
  let times: number[] = [];
  return {
    add: () => void times.push(clock.now()),
    inLastMinute() {
      times = times.filter((at) => Math.abs(clock.now() - at) < MINUTE_MS);
      return times.length;
    },
  };
}
