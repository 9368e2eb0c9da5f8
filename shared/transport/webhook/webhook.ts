/** Webhooks as a transport: a program posts to `/hooks/<name>`, agents answer with a signed post to its address. */
import { type Clock, type Log, messageOf, stopWith } from "../../base/index.ts";
import type { Delivery, Outgoing, Transport } from "../contract.ts";
import { createSilence } from "../silence.ts";
import type { Hook } from "./hooks.ts";
import { receive } from "./receive.ts";
import { sign } from "./signature.ts";

export type WebhookDeps = {
  agent: string;
  hooks: readonly Hook[];
  /** Where the hooks are heard; port 0 takes a free one. */
  address: { host: string; port: number };
  catchUpMaxAgeMs: number;
  clock: Clock;
  log: Log;
};

/** A body of 64 KB holds it in any script. */
const TEXT_MAX = 10_000;
const ANSWER_MAX_MS = 15_000;
const AGAIN_MS = 10_000;
const SILENCE_MAX_MS = 300_000;
/** Nobody is asked more often, whatever its Retry-After says. */
const ASKED_MIN_MS = 1_000;

/** What is beside the contract. */
export interface WebhookTransport extends Transport {
  /** The port that this process listens on; undefined while another agent does. */
  port(): number | undefined;
}

/** Whoever receives tells repetitions by `id`, which is also the header Idempotency-Key. */
export function createWebhook({ agent, hooks, address, catchUpMaxAgeMs, clock, log }: WebhookDeps): WebhookTransport {
  const closing = new AbortController();
  const silences = new Map(
    hooks.map(({ name }) => [name, createSilence(clock, { firstMs: AGAIN_MS, maxMs: SILENCE_MAX_MS })]),
  );
  let door: Awaited<ReturnType<typeof receive>> | undefined;

  async function send(outgoing: Outgoing): Promise<Delivery> {
    const hook = hooks.find(({ name }) => outgoing.room === `webhook:${name}`);
    const silence = silences.get(hook?.name ?? "");
    if (hook === undefined || silence === undefined)
      return { kind: "never", because: `${outgoing.room} is no hook of this installation` };
    if (hook.url === "") return { kind: "never", because: `the hook ${hook.name} has no address for answers` };
    const because = `the hook ${hook.name} cannot be reached`;
    if (silence.restMs() > 0) return { kind: "later", afterMs: silence.restMs(), because, asked: true };
    try {
      const response = await post(hook, outgoing);
      silence.ends();
      return deliveryOf(response, hook.name, `out-${outgoing.randomId}`);
    } catch (error) {
      return { kind: "later", afterMs: silence.begins(), because: `${because}: ${messageOf(error)}`, asked: true };
    }
  }

  async function post({ url, secret }: Hook, { room, topic, replyTo, text, randomId }: Outgoing): Promise<Response> {
    const body = JSON.stringify({ id: randomId, room, topic, replyTo, from: agent, text });
    const { timestamp, signature } = sign(secret, body, clock.now());
    const headers = {
      "content-type": "application/json",
      "idempotency-key": randomId,
      "x-kaos-timestamp": timestamp,
      "x-kaos-signature": signature,
    };
    const asking = new AbortController();
    const leave = stopWith(asking, closing.signal);
    const late = setTimeout(() => asking.abort(new Error(`no answer in ${ANSWER_MAX_MS / 1_000} s`)), ANSWER_MAX_MS);
    try {
      // A redirect would carry the text to where nobody said.
      const response = await fetch(url, { method: "POST", headers, body, signal: asking.signal, redirect: "manual" });
      await response.body?.cancel();
      return response;
    } finally {
      clearTimeout(late);
      leave();
    }
  }

  return {
    name: "webhook",
    capabilities: { textMax: TEXT_MAX, catchUpMaxAgeMs, typing: false, reactions: false },
    async start(hearing) {
      door = await receive({ hooks, hearing, address, clock, log, signal: closing.signal });
    },
    send,
    typing: async () => {},
    react: async () => ({ kind: "never", because: "there are no reactions to what came over a hook" }),
    port: () => door?.port(),
    async close() {
      closing.abort();
      await door?.close();
    },
  };
}

function deliveryOf({ status, ok, headers }: Response, name: string, messageId: string): Delivery {
  if (ok) return { kind: "sent", messageId };
  const because = `the hook ${name} answered HTTP ${status}`;
  const asked = Number(headers.get("retry-after") ?? Number.NaN) * 1_000;
  if (Number.isFinite(asked) && asked >= 0)
    return { kind: "later", afterMs: Math.max(ASKED_MIN_MS, asked), because, asked: true };
  if (status >= 500 || status === 429 || status === 408) return { kind: "later", afterMs: AGAIN_MS, because };
  return { kind: "never", because };
}
