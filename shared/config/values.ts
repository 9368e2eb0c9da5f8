/** The kinds of values that variables have, read from text; each refusal says what to write instead. */
import { isIPv6 } from "node:net";
import { z } from "zod";

export const durationMs = z.string().transform((text, context) => {
  const match = /^(\d+)\s*(ms|s|m|h|d)$/.exec(text.trim());
  const unit = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }[match?.[2] ?? ""];
  if (match === null || unit === undefined) {
    context.addIssue("write a number with a unit, for example 30s, 10m or 2h");
    return z.NEVER;
  }
  return Number(match[1]) * unit;
});
export const yesNo = z.enum(["true", "false"]).transform((word) => word === "true");
export const numericIds = z
  .string()
  .transform((text) => text.split(/[\s,]+/u).filter((word) => word !== ""))
  .refine((ids) => ids.every((id) => /^\d+$/.test(id)), "write numbers with commas between them");
export const proxyAddress = z
  .string()
  .refine((text) => text === "" || /^socks5:\/\/[^\s/]+$/u.test(text), "write socks5://host:port");
export const webAddress = z
  .string()
  .refine((text) => text === "" || /^https?:\/\/[^\s/]+/u.test(text), "write a whole address with https:// or http://");
export const list = z.string().transform((text) => text.split(/[\s,]+/u).filter((word) => word !== ""));
/** Names of hosts, as an egress client matches them: `example.org`, or `*.example.org` for all below it. */
export const hosts = list.refine(
  (all) => all.every((host) => /^(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)*$/iu.test(host)),
  "write names of hosts without https:// and paths, such as example.org or *.example.org",
);

/** By which a browser reaches a server: names and addresses, as they stand between https:// and the port. */
export const serverNames = list.refine(
  (all) => all.every((name) => /^[a-z0-9-]+(\.[a-z0-9-]+)*$/iu.test(name) || isIPv6(name)),
  "write names or addresses without https://, ports and paths, such as kaos.example.org or 192.168.1.5",
);

/** A key that a program shows: whose it is, and what it opens. Without scopes it opens every model, and not the metrics. */
export type ApiKey = { name: string; secret: string; scopes: readonly string[] };

const API_KEY_CHARACTERS_MIN = 20;

export const apiKeys = list.transform((all, context): ApiKey[] => {
  const keys = all.map((text) => {
    const [name = "", secret = "", scopes = "", ...more] = text.split(":");
    const sound =
      /^[a-z][a-z0-9-]{0,30}$/u.test(name) &&
      /^[\x21-\x7e]+$/u.test(secret) &&
      secret.length >= API_KEY_CHARACTERS_MIN &&
      /^([a-z][a-z0-9-]*(\+[a-z][a-z0-9-]*)*)?$/u.test(scopes) &&
      more.length === 0;
    return sound ? { name, secret, scopes: scopes.split("+").filter((scope) => scope !== "") } : undefined;
  });
  const found = keys.filter((key) => key !== undefined);
  const alone = new Set(found.flatMap(({ name, secret }) => [name, secret])).size === 2 * found.length;
  if (found.length === keys.length && alone) return found;
  context.addIssue(
    `write name:secret or name:secret:scope+scope, names in small letters, secrets of ${API_KEY_CHARACTERS_MIN} characters or more, none of them twice`,
  );
  return z.NEVER;
});
