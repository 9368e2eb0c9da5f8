/** Whether using an address would tell its host what stands in the turn. Pure. */
import { isIP } from "node:net";
import { domainToUnicode } from "node:url";
import type { Seen } from "../engine/index.ts";
import { addressesIn } from "./addresses-in.ts";
import { holds, plain } from "./provenance.ts";

/** So much of an address the model may make up: a page's number, not what it has read. */
const MADE_CHARACTERS_MAX = 24;

/**
 * The first address that leads to a host which only foreign text names, or to one below it, and is longer than anything that
 * text says: using it would tell that host what stands in the turn. A host is the same however it is spelled.
 */
export function carrying(
  weights: readonly string[],
  said: readonly string[],
  seen: readonly Seen[],
): string | undefined {
  // A browser takes a whole argument as one address, whatever blanks are in it.
  const addresses = weights.flatMap((weight) => [...addressesIn(weight), ...(URL.canParse(weight) ? [weight] : [])]);
  if (addresses.length === 0) return undefined;
  const ours = heard(said.join("\n"));
  const texts = seen.map(({ text }) => heard(text));
  return addresses.find((address) => {
    const place = placeOf(address);
    if (place === undefined || isOurs(place.host, ours)) return false;
    const made = texts.flatMap((text) => madeOf(address, place, text) ?? []);
    return made.length > 0 && Math.min(...made) > MADE_CHARACTERS_MAX;
  });
}

/** An address as it is connected to: `before` is what a host is told by its name or by whoever asks for it. */
type Place = { before: string; host: string; rest: string };

function placeOf(address: string): Place | undefined {
  const url = URL.parse(/^[a-z][a-z0-9+.-]*:/i.test(address) ? address : `https://${address}`);
  if (url === null) return undefined;
  const host = plain(domainToUnicode(url.hostname) || url.hostname).replace(/\.$/, "");
  if (host === "") return undefined;
  const who = [url.username, url.password].filter((part) => part !== "").join(":");
  return { before: plain(who), host, rest: plain(`${url.pathname}${url.search}${url.hash}`) };
}

/** A text, and the hosts of the addresses in it. */
type Heard = { text: string; hosts: readonly string[] };

function heard(text: string): Heard {
  const spelled = plain(text).replaceAll("。", ".");
  return { text: spelled, hosts: addressesIn(spelled).flatMap((address) => placeOf(address)?.host ?? []) };
}

function isOurs(host: string, { text, hosts }: Heard): boolean {
  return holds(text, host) || hosts.some((ours) => host === ours || host.endsWith(`.${ours}`));
}

/** How many characters of an address do not stand in the text that names its host; undefined where the text names none. */
function madeOf(address: string, { before, host, rest }: Place, { text, hosts }: Heard): number | undefined {
  const named = suffixesOf(host).find(
    (suffix) => text.includes(suffix) || hosts.some((other) => other === suffix || other.endsWith(`.${suffix}`)),
  );
  if (named === undefined) return undefined;
  const literal = plain(address).replace(/^https?:\/\//, "");
  const below = before.length + host.length - named.length;
  const meant = `${named}${rest}`;
  return Math.min(literal.length - writtenOf(literal, text), below + meant.length - writtenOf(meant, text));
}

/** The host itself and what it lies below, but for the last part of a name, which everybody shares. */
function suffixesOf(host: string): string[] {
  if (isIP(host.replace(/^\[|\]$/g, "")) !== 0) return [host];
  const parts = host.split(".");
  return [host, ...parts.slice(1, -1).map((_, at) => parts.slice(at + 1).join("."))];
}

/** How much of the value stands in the text, from its beginning. */
function writtenOf(value: string, text: string): number {
  if (text.includes(value)) return value.length;
  let [written, above] = [0, value.length];
  while (above - written > 1) {
    const middle = Math.floor((written + above) / 2);
    if (text.includes(value.slice(0, middle))) written = middle;
    else above = middle;
  }
  return written;
}
