/** Secrets that open doors of ours: each opens one, so that losing one loses one. */
import { isSecret, isSet, type RawEnv } from "../config/index.ts";

/** Variables whose values let somebody in: hooks, and programs that talk to agents. */
const DOOR = /^WEBHOOK_\w+_SECRET$/;
const KEYS = "KAOS_API_KEYS";

/** A sentence that names two variables with one secret, of which at least one opens a door of ours; undefined when all differ. */
export function sharedSecret(raw: RawEnv): string | undefined {
  const doors = Object.entries(raw).flatMap(([name, value]) => {
    if (!isSet(value)) return [];
    if (name === KEYS) return value.split(/[\s,]+/u).map((key) => ({ name, secret: key.split(":")[1] ?? "" }));
    return DOOR.test(name) ? [{ name, secret: value.trim() }] : [];
  });
  for (const { name, secret } of doors.filter((door) => door.secret !== "")) {
    const twin =
      doors.find((other) => other.name !== name && other.secret === secret)?.name ??
      Object.entries(raw).find(
        ([other, value]) => other !== name && isSet(value) && isSecret(other, value) && value.trim() === secret,
      )?.[0];
    if (twin !== undefined)
      return `${name} and ${twin} have the same value, so whoever learns one has both. Make another with \`openssl rand -hex 32\`.`;
  }
  return undefined;
}
