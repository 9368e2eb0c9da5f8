/**
 * The one way out to the web: a name is resolved once, its address checked and then connected to, so that nothing can change
 * in between; every redirect goes through the same again.
 */
import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import { messageOf } from "../base/index.ts";
import { isPublic } from "./addresses.ts";

export type EgressOptions = {
  /** Origins of the operator's own network that may be reached all the same: `http://127.0.0.1:8080`. */
  trusted?: readonly string[];
  /** When given, only these hosts; `*.example.org` stands for all below it. */
  only?: readonly string[];
  /** Every address of a name. */
  resolve?: (host: string) => Promise<readonly string[]>;
};

export type Outgoing = {
  method?: "GET" | "HEAD" | "POST";
  headers?: Readonly<Record<string, string>>;
  body?: string;
  signal: AbortSignal;
  bytesMax?: number;
  deadlineMs?: number;
};

export type Fetched =
  | { fetched: true; status: number; url: string; headers: Readonly<Record<string, string>>; body: Buffer }
  /** A sentence for whoever asked: refused, unreachable, too large, too slow. */
  | { fetched: false; because: string };

export type Egress = {
  fetch(url: string, outgoing: Outgoing): Promise<Fetched>;
  /** The one address at which this may be reached, for whoever connects by other means. Rejects when the name is not found. */
  reach(url: URL, signal: AbortSignal): Promise<Target>;
};

const BYTES_MAX = 5_000_000;
const DEADLINE_MS = 30_000;
const REDIRECTS_MAX = 5;
/** Headers that may go along to another origin: nothing that says who asks. */
const HEADERS_FOR_ALL = new Set(["accept", "accept-language", "user-agent"]);

type Hop = { url: URL; method: string; headers: Readonly<Record<string, string>>; body: string | undefined };
type Target = { allowed: true; address: string } | { allowed: false; because: string };
type Answer = { status: number; headers: Record<string, string>; body: Buffer };

/** Rejects with an AbortError when the caller's signal says stop, and with nothing else. */
export function createEgress({ trusted = [], only, resolve = addressesOf }: EgressOptions = {}): Egress {
  return {
    reach: targetOf,
    fetch: async (address, outgoing) => {
      const { signal, bytesMax = BYTES_MAX, deadlineMs = DEADLINE_MS } = outgoing;
      const deadline = AbortSignal.any([signal, AbortSignal.timeout(deadlineMs)]);
      try {
        return await follow(address, outgoing, deadline, bytesMax);
      } catch (error) {
        signal.throwIfAborted();
        const because = deadline.aborted ? `it took longer than ${deadlineMs / 1_000} seconds` : messageOf(error);
        return refused(`${nameOf(address)} could not be fetched: ${because}`);
      }
    },
  };

  async function follow(start: string, outgoing: Outgoing, signal: AbortSignal, bytesMax: number): Promise<Fetched> {
    const first = URL.parse(start);
    if (first === null) return refused(`${nameOf(start)} is no address`);
    let hop: Hop = {
      url: first,
      method: outgoing.method ?? "GET",
      headers: outgoing.headers ?? {},
      body: outgoing.body,
    };
    for (let redirects = 0; redirects <= REDIRECTS_MAX; redirects++) {
      const target = await targetOf(hop.url, signal);
      if (!target.allowed) return refused(target.because);
      const answer = await ask(hop, target.address, signal, bytesMax);
      const onwards = answer.headers["location"];
      if (answer.status < 300 || answer.status > 399 || onwards === undefined)
        return { fetched: true, url: hop.url.href, ...answer };
      const next = URL.parse(onwards, hop.url.href);
      if (next === null) return refused(`${hop.url.host} redirects to what is no address`);
      const turned = redirected(hop, next, answer.status);
      if (turned === undefined) return refused(`${hop.url.host} wants what was sent to it sent on to ${next.host}`);
      hop = turned;
    }
    return refused(`${first.host} redirects more than ${REDIRECTS_MAX} times`);
  }

  async function targetOf(url: URL, signal: AbortSignal): Promise<Target> {
    const refuse = (because: string): Target => ({ allowed: false, because });
    if (url.protocol !== "http:" && url.protocol !== "https:")
      return refuse(`${url.protocol} addresses are not fetched, only http and https`);
    if (url.username !== "" || url.password !== "")
      return refuse("an address with a name or password in it is not fetched");
    // The URL parser has written odd forms of an IPv4 address the usual way by now; brackets of IPv6 go.
    const host = url.hostname.replace(/^\[|\]$|\.$/g, "");
    if (only !== undefined && !only.some((pattern) => covers(pattern, host)))
      return refuse(`${host} is not on the list of hosts that may be reached`);
    const addresses = isIP(host) === 0 ? await whenAborted(resolve(host), signal) : [host];
    const [address] = addresses;
    if (address === undefined) return refuse(`${host} has no address`);
    const inside = addresses.find((one) => !isPublic(one));
    if (inside !== undefined && !trusted.includes(url.origin))
      return refuse(`${host} leads to ${inside}, which is not on the open internet`);
    return { allowed: true, address };
  }
}

/** The request after a redirect; undefined when its body would go to a stranger. */
function redirected(hop: Hop, url: URL, status: number): Hop | undefined {
  const same = hop.url.origin === url.origin;
  const keepsBody = status === 307 || status === 308;
  if (!same && keepsBody && hop.body !== undefined) return undefined;
  const headers = same
    ? hop.headers
    : Object.fromEntries(Object.entries(hop.headers).filter(([name]) => HEADERS_FOR_ALL.has(name.toLowerCase())));
  if (keepsBody || hop.method === "HEAD") return { ...hop, url, headers };
  return { url, method: "GET", headers, body: undefined };
}

async function ask(
  { url, method, headers, body }: Hop,
  address: string,
  signal: AbortSignal,
  bytesMax: number,
): Promise<Answer> {
  const { Agent, request } = await import("undici");
  const family = isIP(address) === 6 ? 6 : 4;
  // Whatever name the connection asks for, it gets the address that was checked.
  const dispatcher = new Agent({ connect: { lookup: (_host, _options, done) => done(null, [{ address, family }]) } });
  try {
    const response = await request(url, {
      method,
      headers: { ...headers, "accept-encoding": "identity" },
      body: body ?? null,
      signal,
      dispatcher,
    });
    const pieces: Buffer[] = [];
    let bytes = 0;
    for await (const piece of response.body) {
      bytes += piece.length;
      if (bytes > bytesMax) throw new Error(`it is larger than ${bytesMax} bytes`);
      pieces.push(piece);
    }
    const plain = Object.entries(response.headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, [value].flat().join(", ")] as const],
    );
    return { status: response.statusCode, headers: Object.fromEntries(plain), body: Buffer.concat(pieces) };
  } finally {
    await dispatcher.destroy();
  }
}

async function addressesOf(host: string): Promise<readonly string[]> {
  return (await lookup(host, { all: true })).map(({ address }) => address);
}

function whenAborted<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  signal.throwIfAborted();
  return Promise.race([
    work,
    new Promise<never>((_resolve, reject) =>
      signal.addEventListener("abort", () => reject(signal.reason), { once: true }),
    ),
  ]);
}

function covers(pattern: string, host: string): boolean {
  const [wanted, given] = [pattern.toLowerCase(), host.toLowerCase()];
  return wanted.startsWith("*.") ? given.endsWith(wanted.slice(1)) : wanted === given;
}

/** The host alone: what follows it may hold a secret. */
function nameOf(address: string): string {
  return URL.parse(address)?.host || "this";
}

function refused(because: string): Fetched {
  return { fetched: false, because };
}
