/** What an agent hears and sees: voice messages and photos as words, when an endpoint is set; else a sentence that says it cannot. */
import { type Clock, dice } from "../shared/base/index.ts";
import { ConfigProblem, type Env, type RawEnv } from "../shared/config/index.ts";
import type { Ledger } from "../shared/ledger/index.ts";
import { createSpeech, createVision, type MediaAnswer, resolveMedia } from "../shared/llm/index.ts";
import type { Media, Perceive, Perceived } from "../shared/transport/index.ts";

type Deps = {
  agent: string;
  env: Env;
  raw: RawEnv;
  ledger: Pick<Ledger, "agents" | "changes" | "messages" | "spend">;
  clock: Clock;
};

export type Senses = {
  perceive: Perceive;
  /** Undefined when no endpoint is set. */
  speak: ((text: string, signal: AbortSignal) => Promise<{ voice: Uint8Array } | { because: string }>) | undefined;
};

/** What is larger is refused before it is fetched; endpoints take 25 MB. */
const BYTES_MAX = 20 * 1024 * 1024;
/** The first in line hears it; the next one tries when it is not in the ledger after this. */
const NEXT_AFTER_MS = 20_000;
const MEGABYTE = 1024 * 1024;

/** Throws ConfigProblem when an endpoint is named that cannot be. */
export function createSenses({ agent, env, raw, ledger, clock }: Deps): Senses {
  const depsOf = (variable: "KAOS_HEARING" | "KAOS_VISION" | "KAOS_VOICE", purpose: string) => {
    if (env[variable] === "") return undefined;
    const resolved = resolveMedia(env[variable], raw);
    if ("problem" in resolved) throw new ConfigProblem(`${variable}: ${resolved.problem}`);
    const { settings } = resolved;
    const by = `${settings.id}/${settings.model}`;
    return {
      settings,
      clock,
      onUsage: ({
        usage,
      }: {
        usage: { inputTokens: number; cachedTokens: number; outputTokens: number; costUsd: number };
      }) => void ledger.spend.add({ agent, purpose, message: null, by, ...usage }).catch(() => {}),
    };
  };
  const hearing = depsOf("KAOS_HEARING", "hear");
  const seeing = depsOf("KAOS_VISION", "see");
  const speaking = depsOf("KAOS_VOICE", "speak");
  const ears = hearing && createSpeech(hearing);
  const eyes = seeing && createVision(seeing);
  const mouth = speaking && createSpeech(speaking);

  async function turnIntoWords({ kind, bytes, mimeType, download }: Media, signal: AbortSignal): Promise<Perceived> {
    const cannot = kind === "voice" ? "cannot hear voice messages" : "cannot see photos";
    const variable = kind === "voice" ? "KAOS_HEARING" : "KAOS_VISION";
    if ((kind === "voice" ? ears : eyes) === undefined)
      return { because: `${agent} ${cannot}: ${variable} is not set.` };
    if (bytes > BYTES_MAX) {
      const size = Math.round(bytes / MEGABYTE);
      return { because: `${agent} takes ${BYTES_MAX / MEGABYTE} MB at most, and this has ${size} MB.` };
    }
    let fetched: Uint8Array;
    try {
      fetched = await download();
    } catch {
      signal.throwIfAborted();
      return { because: `${agent} ${cannot}: the file could not be fetched.` };
    }
    const answer: MediaAnswer<string> | undefined =
      kind === "voice"
        ? await ears?.transcribe({ bytes: fetched, mimeType }, signal)
        : await eyes?.describe({ bytes: fetched, mimeType }, signal);
    if (answer?.kind === "answered") return { words: kind === "voice" ? answer.value : `(it shows: ${answer.value})` };
    return { because: `${agent} ${cannot} now: ${answer?.because ?? variable}.` };
  }

  /** True when a colleague has told it to the ledger meanwhile. Six accounts hear the same message; one pays for it. */
  async function toldByAnother({ room, messageId }: { room: string; messageId: string }, signal: AbortSignal) {
    const roster = await ledger.agents.roster();
    const line = roster
      .filter(({ alive, name }) => alive || name === agent)
      .map(({ name }) => name)
      .sort((a, b) => dice(messageId, a) - dice(messageId, b));
    const until = clock.now() + Math.max(0, line.indexOf(agent)) * NEXT_AFTER_MS;
    while (true) {
      signal.throwIfAborted();
      const seen = ledger.changes.version();
      if ((await ledger.messages.find(room, messageId)) !== undefined) return true;
      const ms = until - clock.now();
      if (ms <= 0) return false;
      await ledger.changes.past(seen, { signal, atMostMs: ms });
    }
  }

  return {
    async perceive(media, where, signal) {
      const configured = (media.kind === "voice" ? ears : eyes) !== undefined;
      // What is recorded already stays as it was recorded.
      if (configured && where !== undefined && (await toldByAnother(where, signal))) return { words: "" };
      return turnIntoWords(media, signal);
    },
    speak:
      mouth &&
      (async (text, signal) => {
        const answer = await mouth.speak(text, env.KAOS_VOICE_NAME, signal);
        return answer.kind === "answered" ? { voice: answer.value } : { because: answer.because };
      }),
  };
}
