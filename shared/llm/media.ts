/** One call of an endpoint that hears, speaks or sees: with a limit of time, metered like every other call, its failure a sentence. */
import type OpenAI from "openai";
import type { Clock } from "../base/index.ts";
import { startDeadline } from "../engine/index.ts";
import { bounded } from "./body.ts";
import type { MeteredCall } from "./chain.ts";
import { classify, nameOf, tooSlow } from "./failures.ts";
import { priced } from "./prices.ts";
import { type Fetch, openClient } from "./provider.ts";
import { resolveChain } from "./resolve.ts";
import type { ProviderSettings } from "./settings.ts";

export type MediaDeps = {
  settings: ProviderSettings;
  clock: Clock;
  onUsage: (call: MeteredCall) => void;
  fetch?: Fetch;
};

/** `because` is for a person, without a full stop. */
export type MediaAnswer<Value> = { kind: "answered"; value: Value } | { kind: "failed"; because: string };

type Counted<Value> = { value: Value; inputTokens: number; outputTokens: number; estimated: boolean };

/** The endpoint that `<provider>/<model>` names, with the address, key and prices that the environment gives this provider. */
export function resolveMedia(
  link: string,
  env: Readonly<Record<string, string | undefined>>,
): { settings: ProviderSettings } | { problem: string } {
  const [, id = "", model = ""] = /^([^/]+)\/(.+)$/u.exec(link.trim()) ?? [];
  if (model === "") return { problem: `"${link}" names no model. Write provider/model, such as openai/whisper-1.` };
  const resolved = resolveChain("lite", [id], env, `${id.toLowerCase()}/${model}`);
  if ("problem" in resolved) return resolved;
  const [settings] = resolved.chain;
  if (settings === undefined) return { problem: `"${link}" names no provider.` };
  return { settings };
}

/** The client of one endpoint, opened with the first call. */
export function mediaClient({ settings, fetch = globalThis.fetch }: MediaDeps): () => Promise<OpenAI> {
  let opening: Promise<OpenAI> | undefined;
  return () => (opening ??= openClient(settings, bounded(fetch)));
}

/** Runs a call; rejects only when the caller's signal says stop. A failure costs nothing that anybody could count. */
export async function askMedia<Value>(
  { settings, clock, onUsage }: MediaDeps,
  signal: AbortSignal,
  call: (stop: AbortSignal) => Promise<Counted<Value>>,
): Promise<MediaAnswer<Value>> {
  signal.throwIfAborted();
  const limit = startDeadline(clock, settings.quirks.deadlineMs, signal);
  const startMs = clock.now();
  try {
    const { value, inputTokens, outputTokens, estimated } = await call(limit.signal);
    onUsage({
      tier: "lite",
      provider: settings.id,
      model: settings.model,
      outcome: "answered",
      usage: priced({ inputTokens, cachedTokens: 0, outputTokens }, settings.prices),
      estimated,
      latencyMs: clock.now() - startMs,
    });
    if (value === "") return { kind: "failed", because: `${nameOf(settings)} answered nothing` };
    return { kind: "answered", value };
  } catch (error) {
    signal.throwIfAborted();
    const failure = limit.passed() ? tooSlow(settings, "deadline") : classify(error, settings, clock.now());
    return { kind: "failed", because: failure.because };
  } finally {
    limit.end();
  }
}
