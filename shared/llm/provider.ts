/** One provider, asked once through the `openai` client: no retry, no fallback, each wait with its limit. */
import type OpenAI from "openai";
import { type Clock, stopWith } from "../base/index.ts";
import type { ModelOptions, ModelRequest, ToolCall, Usage } from "../engine/index.ts";
import { type Assembly, createAssembly } from "./assembly.ts";
import { readable } from "./body.ts";
import { classify, nameOf, type ProviderFailure, refused, tooSlow, unusable } from "./failures.ts";
import type { ProviderSettings } from "./settings.ts";
import { createSchemaOf, toWire } from "./wire.ts";

export type Fetch = typeof globalThis.fetch;

/** How one asking ended, and what it cost in any case. */
export type Attempt = {
  usage: Usage;
  estimated: boolean;
} /** `cut` says that it may not have had more tokens, and was not at its end. */ & (
  | { kind: "answered"; text: string; calls: ToolCall[]; cut: boolean }
  /** `shown` says that the caller has already received pieces of the text. */
  | { kind: "failed"; failure: ProviderFailure; shown: boolean }
  | { kind: "stopped" }
);

export type Provider = {
  /** For example "deepseek/deepseek-flash". */
  name: string;
  settings: ProviderSettings;
  attempt(request: ModelRequest, options: ModelOptions): Promise<Attempt>;
};

/** The client counts its own time, longer than we do, so that ours is the one that ends a call. */
const CLIENT_TIMEOUT_MARGIN_MS = 10_000;

/** Nothing is imported, nothing connects before the first attempt. */
export function createProvider(settings: ProviderSettings, { clock, fetch }: { clock: Clock; fetch: Fetch }): Provider {
  const schemaOf = createSchemaOf();
  let opening: Promise<OpenAI> | undefined;
  const client = () => (opening ??= openClient(settings, readable(fetch)));

  async function attempt(request: ModelRequest, { signal, onText }: ModelOptions): Promise<Attempt> {
    const body = toWire(request, settings, schemaOf);
    const answer = createAssembly(
      settings,
      () => JSON.stringify(body.messages).length + JSON.stringify(body.tools ?? "").length,
    );
    const limits = startLimits(clock, settings, signal);
    let shown = false;
    let whole = false;
    const failed = (failure: ProviderFailure): Attempt => ({ kind: "failed", failure, shown, ...answer.usage() });
    /** The client may throw or simply end when it is stopped; either way the signals tell what happened. */
    const ended = (otherwise: () => ProviderFailure): Attempt => {
      if (signal.aborted) return { kind: "stopped", ...answer.usage() };
      return failed(limits.exceeded() ?? otherwise());
    };

    try {
      const openai = await client();
      const pieces = await settle(openai.chat.completions.create(body, { signal: limits.signal }).then(iterate));
      if ("thrown" in pieces) return ended(() => classify(pieces.thrown, settings, clock.now()));
      for (;;) {
        const next = await settle(pieces.value.next());
        // What comes after the model has finished is only its count of tokens, and not worth the answer.
        if ("thrown" in next && answer.finished() !== undefined) break;
        if ("thrown" in next) return ended(() => classify(next.thrown, settings, clock.now()));
        whole = next.value.done === true;
        if (whole || limits.signal.aborted) break;
        limits.firstTokenArrived();
        const text = answer.add(next.value.value);
        if (answer.finished() !== undefined) limits.finished();
        // An answer of a given shape is for a parser, not for a person who watches.
        if (text === "" || onText === undefined || request.answer !== undefined) continue;
        shown = true;
        onText(text);
      }
      const finish = answer.finished();
      if (signal.aborted || finish === undefined) return ended(() => unusable(settings, "broke off"));
      if (finish === "content_filter") return failed(refused(nameOf(settings), "its content filter"));
      return conclude(request, settings, answer, finish === "length", failed);
    } finally {
      limits.end({ whole });
    }
  }

  return { name: nameOf(settings), settings, attempt };
}

/** An answer given through a tool is text to whoever asked for its shape; an answer that holds nothing is none. */
function conclude(
  { answer }: ModelRequest,
  settings: ProviderSettings,
  assembly: Assembly,
  cut: boolean,
  failed: (failure: ProviderFailure) => Attempt,
): Attempt {
  const [text, calls, spent] = [assembly.text(), assembly.calls(), assembly.usage()];
  const given = answer && calls.find((call) => call.tool === answer.name);
  if (given) return { kind: "answered", text: given.arguments, calls: [], cut, ...spent };
  if (text.trim() === "" && calls.length === 0)
    return failed(unusable(settings, cut ? "came to its limit of tokens before the first word" : "answered nothing"));
  return { kind: "answered", text, calls, cut, ...spent };
}

/** Stops a call that stays silent or takes too long; hears the caller's stop as well. */
function startLimits(clock: Clock, settings: ProviderSettings, caller: AbortSignal) {
  const stop = new AbortController();
  const leave = stopWith(stop, caller);
  const ended = new AbortController();
  let exceeded: "first token" | "deadline" | undefined;
  let begun = false;
  let finishing = false;
  const expire = (what: "first token" | "deadline") => () => {
    if (what === "first token" && begun) return;
    exceeded = what;
    stop.abort();
  };
  clock.sleep(settings.quirks.firstTokenMs, ended.signal).then(expire("first token"), () => {});
  clock.sleep(settings.quirks.deadlineMs, ended.signal).then(expire("deadline"), () => {});
  return {
    signal: stop.signal,
    firstTokenArrived() {
      begun = true;
    },
    /** The model has ended its answer. A few endpoints leave the stream open all the same: that silence is borne no longer than the first. */
    finished() {
      if (finishing) return;
      finishing = true;
      clock.sleep(settings.quirks.firstTokenMs, ended.signal).then(
        () => stop.abort(ENDED),
        () => {},
      );
    },
    exceeded: () => exceeded && tooSlow(settings, exceeded),
    /** Also closes the connection, unless the answer was read to its end: then the next call may have it. */
    end({ whole }: { whole: boolean }) {
      ended.abort(ENDED);
      leave();
      if (!whole) stop.abort(ENDED);
    },
  };
}

/** One for all: every call ends like this, and an error with a stack of its own costs more than the rest of it. */
const ENDED = new DOMException("The call has ended.", "AbortError");

/**
 * The package costs about 11 MB of private memory and 0.2 s, so it is imported with the first call of a process.
 * Everything the client would read from the environment by itself is given, and it tells nobody what this machine is.
 */
export async function openClient(settings: ProviderSettings, fetch: Fetch): Promise<OpenAI> {
  const { default: Client } = await import("openai");
  return new Client({
    apiKey: settings.apiKey ?? "none",
    adminAPIKey: null,
    baseURL: settings.baseUrl,
    organization: null,
    project: null,
    webhookSecret: null,
    logLevel: "off",
    maxRetries: 0,
    timeout: settings.quirks.deadlineMs + CLIENT_TIMEOUT_MARGIN_MS,
    fetch,
    defaultHeaders: {
      ...(settings.apiKey === null && { Authorization: null }),
      "X-Stainless-OS": null,
      "X-Stainless-Arch": null,
      "X-Stainless-Runtime": null,
      "X-Stainless-Runtime-Version": null,
    },
  });
}

function iterate<T>(pieces: AsyncIterable<T>): AsyncIterator<T> {
  return pieces[Symbol.asyncIterator]();
}

/** Only what the client throws is a failure of the world; whatever else throws here is a bug and passes through. */
async function settle<T>(promise: PromiseLike<T>): Promise<{ value: T } | { thrown: unknown }> {
  try {
    return { value: await promise };
  } catch (thrown) {
    return { thrown };
  }
}
