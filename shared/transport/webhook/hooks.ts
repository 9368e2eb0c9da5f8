/** The hooks of this installation: names from WEBHOOKS, a secret for each, and where answers go. */

/** One hook. Its room is `webhook:<name>`. */
export type Hook = {
  name: string;
  /** Whoever has it may write here. */
  secret: string;
  /** Where answers are posted; empty: nowhere. */
  url: string;
};

const SECRET_CHARACTERS_MIN = 16;

/** Reads `WEBHOOK_<NAME>_SECRET` and `WEBHOOK_<NAME>_URL` of each hook. `problem` says what to write where; nothing may start without a secret. */
export function readHooks(
  names: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): { hooks: Hook[] } | { problem: string } {
  const hooks: Hook[] = [];
  for (const name of new Set(names)) {
    if (!/^[a-z0-9][a-z0-9-]{0,39}$/u.test(name)) {
      return { problem: `WEBHOOKS: "${name}" cannot be a hook's name. Use small letters, digits and "-".` };
    }
    const prefix = `WEBHOOK_${name.toUpperCase().replaceAll("-", "_")}`;
    const secret = env[`${prefix}_SECRET`]?.trim() ?? "";
    if (secret.length < SECRET_CHARACTERS_MIN) {
      const what = secret === "" ? "is not set" : `has fewer than ${SECRET_CHARACTERS_MIN} characters`;
      return {
        problem: `${prefix}_SECRET ${what}. Make one with \`openssl rand -hex 32\`, or take ${name} out of WEBHOOKS.`,
      };
    }
    const url = env[`${prefix}_URL`]?.trim() ?? "";
    if (url !== "" && !/^https?:\/\/[^\s@]+$/u.test(url)) {
      return { problem: `${prefix}_URL must be an http or https address without a user or password.` };
    }
    hooks.push({ name, secret, url });
  }
  return { hooks };
}
