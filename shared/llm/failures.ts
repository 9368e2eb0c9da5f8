/** What went wrong with a provider, told as three answers: would another one help, would waiting help, what shall a person do. */
import { cut, oneLine } from "../base/index.ts";
import { AnswerTooLong } from "./body.ts";
import type { ProviderSettings } from "./settings.ts";

export type ProviderFailure = {
  /** A constant phrase for the log. */
  kind: string;
  /** What a person reads, without a full stop: "deepseek/deepseek-flash refused the key (HTTP 401): check DEEPSEEK_API_KEY". */
  because: string;
  /** Whether another provider would help. If not, the request itself is at fault. */
  another: boolean;
  /** Whether the same provider may do better in a moment. */
  later: boolean;
  /** What the provider asked us to wait. */
  restMs?: number;
};

/** The OpenAI client's errors, by the fields we read; others have none of them. */
type Thrown = {
  status?: unknown;
  code?: unknown;
  type?: unknown;
  message?: unknown;
  /** The body of the response, or its `error` field. */
  error?: { message?: unknown } | null;
  cause?: unknown;
  headers?: { get?(name: string): string | null };
};

/** Causes of causes are looked at so deep. */
const CAUSES_MAX = 5;

/** Sorts what the client threw. `nowMs` turns a date in Retry-After into a wait. */
export function classify(thrown: unknown, settings: ProviderSettings, nowMs: number): ProviderFailure {
  const error: Thrown = typeof thrown === "object" && thrown !== null ? thrown : {};
  const by = nameOf(settings);
  const status = statusOf(error);
  const said = text(error.error?.message) || text(error.message);
  const words = `${text(error.code)} ${text(error.type)} ${said}`.toLowerCase();
  const restMs = retryAfterMs(error, nowMs);
  const http = `HTTP ${status}`;
  const variable = settings.keyVariable;

  if (status === undefined) {
    const cause = deepestCause(error);
    // Asked again it would be paid again.
    if (cause instanceof AnswerTooLong)
      return { kind: "answer too long", because: `${by} does not stop: ${cause.message}`, another: true, later: false };
    if (/content.?filter|content_policy|safety/.test(words)) return refused(by, "its content filter");
    return { kind: "unreachable", because: `${by} ${unreachable(error, settings)}`, another: true, later: true };
  }
  if (status === 402 || /insufficient_quota|insufficient.balance/.test(words)) {
    return { kind: "no credit", because: `${by} has no credit left (${http}): top it up`, another: true, later: false };
  }
  // What a provider says about a key may quote it, so nothing of that is repeated.
  if (status === 401 || status === 403) {
    return {
      kind: "key refused",
      because: `${by} refused the key (${http}): check ${variable}`,
      another: true,
      later: false,
    };
  }
  if (isModelMissing(status, words)) {
    const prefix = `PROVIDER_${settings.id.toUpperCase().replaceAll("-", "_")}`;
    const because = `${by} is not there (${http}): check ${prefix}_MODEL and ${prefix}_BASE_URL`;
    return { kind: "model missing", because, another: true, later: false };
  }
  if (status === 429) {
    return { kind: "rate limited", because: `${by} limits our rate (${http})`, another: true, later: true, ...restMs };
  }
  if (status < 400 || status >= 500 || status === 408 || status === 409 || status === 425) {
    return { kind: "provider down", because: `${by} is in trouble (${http})`, another: true, later: true, ...restMs };
  }
  if (/content.?filter|content_policy|content management|safety/.test(words)) return refused(by, http);
  return {
    kind: "bad request",
    because: `${by} refused the request (${http}): ${scrub(said, settings)}`,
    another: false,
    later: false,
  };
}

/** A provider that took longer than it may. */
export function tooSlow(settings: ProviderSettings, what: "first token" | "deadline"): ProviderFailure {
  const { firstTokenMs, deadlineMs } = settings.quirks;
  const because =
    what === "first token"
      ? `${nameOf(settings)} said nothing for ${firstTokenMs / 1000} s`
      : `${nameOf(settings)} did not finish within ${deadlineMs / 1000} s`;
  return { kind: "too slow", because, another: true, later: true };
}

/** A stream that ended before the model did, or that held nothing. */
export function unusable(
  settings: ProviderSettings,
  how: "broke off" | "answered nothing" | "came to its limit of tokens before the first word",
): ProviderFailure {
  // A model that has nothing to say was paid for it; asking the same one again would be paid again.
  return { kind: how, because: `${nameOf(settings)} ${how}`, another: true, later: how === "broke off" };
}

/** A model that would not answer this: another one is not asked behind its back. */
export function refused(by: string, whose: string): ProviderFailure {
  return { kind: "content refused", because: `${by} refused to answer this (${whose})`, another: false, later: false };
}

/** "deepseek/deepseek-flash"; the offline model is only "offline". */
export function nameOf(settings: ProviderSettings): string {
  return settings.id === settings.model ? settings.id : `${settings.id}/${settings.model}`;
}

/** Inside a stream an error has no HTTP status, but often a code that is one, or a type that means one. */
function statusOf(error: Thrown): number | undefined {
  if (typeof error.status === "number") return error.status;
  const code = Number(error.code);
  if (code >= 400 && code < 600) return code;
  const type = `${text(error.code)} ${text(error.type)}`;
  if (/rate_limit/.test(type)) return 429;
  if (/server_error|overloaded/.test(type)) return 500;
  return undefined;
}

function isModelMissing(status: number, words: string): boolean {
  if (status === 404) return true;
  return (
    (status === 400 || status === 422) &&
    /model.{0,80}(not.(found|exist|deployed)|does not exist|unknown|decommissioned)|model_not_found|invalid model|unknown model/.test(
      words,
    )
  );
}

/** The client wraps the reason of the system ("connect ECONNREFUSED …") in several causes; the last one tells. */
function unreachable(error: Thrown, settings: ProviderSettings): string {
  const deepest = deepestCause(error);
  const code = text(deepest.code);
  const host = new URL(settings.baseUrl).host;
  if (code === "ECONNREFUSED") return `is not running at ${host}`;
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") return `cannot be found: is ${host} right, is there a network?`;
  return `broke the connection (${scrub(code || text(deepest.message) || "no reason given", settings)})`;
}

function deepestCause(error: Thrown): Thrown {
  let deepest = error;
  for (let depth = 0; depth < CAUSES_MAX && typeof deepest.cause === "object" && deepest.cause !== null; depth += 1) {
    deepest = deepest.cause;
  }
  return deepest;
}

function retryAfterMs(error: Thrown, nowMs: number): { restMs: number } | Record<string, never> {
  const header = (name: string) => error.headers?.get?.(name) ?? "";
  const exact = Number.parseFloat(header("retry-after-ms"));
  if (exact >= 0) return { restMs: exact };
  const after = header("retry-after");
  const restMs = /^\s*\d/.test(after) ? Number.parseFloat(after) * 1000 : Date.parse(after) - nowMs;
  return restMs >= 0 ? { restMs } : {};
}

/** One short line of what a provider said, without the key. */
function scrub(said: string, settings: ProviderSettings): string {
  const clean = settings.apiKey === null ? said : said.replaceAll(settings.apiKey, "[key]");
  return cut(oneLine(clean), 200).replace(/[.\s]+$/, "") || "without a reason";
}

function text(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}
