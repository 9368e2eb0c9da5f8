/** Webhooks as a transport: a program posts to `/hooks/<name>`, agents answer with a signed post to its address. */
import { type Clock, type Log, messageOf } from "../../base/index.ts";
import type { Delivery, Outgoing, Transport } from "../contract.ts";
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

/** What is beside the contract. */
export interface WebhookTransport extends Transport {
  /** The port that this process listens on; undefined while another agent does. */
  port(): number | undefined;
}

/** Whoever receives tells repetitions by `id`, which is also the header Idempotency-Key. */
export function createWebhook({ agent, hooks, address, catchUpMaxAgeMs, clock, log }: WebhookDeps): WebhookTransport {
  const closing = new AbortController();
  let door: Awaited<ReturnType<typeof receive>> | undefined;

  async function send({ room, topic, replyTo, text, randomId }: Outgoing): Promise<Delivery> {
    const hook = hooks.find(({ name }) => room === `webhook:${name}`);
    if (hook === undefined) return { kind: "never", because: `${room} is no hook of this installation` };
    if (hook.url === "") return { kind: "never", because: `the hook ${hook.name} has no address for answers` };
    const body = JSON.stringify({ id: randomId, room, topic, replyTo, from: agent, text });
    const { timestamp, signature } = sign(hook.secret, body, clock.now());
    const headers = {
      "content-type": "application/json",
      "idempotency-key": randomId,
      "x-kaos-timestamp": timestamp,
      "x-kaos-signature": signature,
    };
    const signal = AbortSignal.any([closing.signal, AbortSignal.timeout(ANSWER_MAX_MS)]);
    try {
      // A redirect would carry the text to where nobody said.
      const response = await fetch(hook.url, { method: "POST", headers, body, signal, redirect: "manual" });
      await response.body?.cancel();
      return deliveryOf(response, hook.name, `out-${randomId}`);
    } catch (error) {
      return {
        kind: "later",
        afterMs: AGAIN_MS,
        because: `the hook ${hook.name} cannot be reached: ${messageOf(error)}`,
      };
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
  if (Number.isFinite(asked) && asked >= 0) return { kind: "later", afterMs: asked, because, asked: true };
  if (status >= 500 || status === 429 || status === 408) return { kind: "later", afterMs: AGAIN_MS, because };
  return { kind: "never", because };
}
