/** What an agent hears and sees: voice messages and photos as words, when an endpoint is set; else a sentence that says it cannot. */
import { createTill, type Money } from "../shared/agent/index.ts";
import { type Clock, dice } from "../shared/base/index.ts";
import { ConfigProblem, type Env, type RawEnv } from "../shared/config/index.ts";
import { noUsage, type Usage } from "../shared/engine/index.ts";
import type { Ledger } from "../shared/ledger/index.ts";
import {
  createSpeech,
  createVision,
  type MediaAnswer,
  type ProviderSettings,
  resolveMedia,
} from "../shared/llm/index.ts";
import type { Media, Perceive, Perceived } from "../shared/transport/index.ts";

type Deps = {
  agent: string;
  env: Env;
  raw: RawEnv;
  ledger: Pick<Ledger, "agents" | "changes" | "messages" | "spend">;
  money: Pick<Money, "caps">;
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

/** Worst cases: the lowest rate at which Opus still carries speech, tokens of a second of audio either way, of a picture, of its description. */
const BYTES_PER_SECOND_MIN = 750;
const TOKENS_PER_SECOND_MAX = 20;
const PICTURE_TOKENS_MAX = 40_000;
const DESCRIPTION_TOKENS_MAX = 1_000;
/** Nobody says fewer characters in a second. */
const CHARACTERS_PER_SECOND_MIN = 5;

/** Throws ConfigProblem when an endpoint is named that cannot be. */
export function createSenses({ agent, env, raw, ledger, money, clock }: Deps): Senses {
  const till = createTill({ agent, spend: ledger.spend, caps: money.caps });
  const endpointOf = (variable: "KAOS_HEARING" | "KAOS_VISION" | "KAOS_VOICE") => {
    if (env[variable] === "") return undefined;
    const resolved = resolveMedia(env[variable], raw);
    if ("problem" in resolved) throw new ConfigProblem(`${variable}: ${resolved.problem}`);
    return resolved.settings;
  };
  const ears = endpointOf("KAOS_HEARING");
  const eyes = endpointOf("KAOS_VISION");
  const mouth = endpointOf("KAOS_VOICE");

  /** One call of an endpoint, paid for before it is made. */
  async function buy<Value>(
    settings: ProviderSettings,
    { purpose, room, inputTokens, outputTokens }: Buying,
    call: (deps: Parameters<typeof createSpeech>[0]) => Promise<MediaAnswer<Value>>,
  ): Promise<MediaAnswer<Value>> {
    const { inputUsdPerM, outputUsdPerM } = settings.prices;
    const worstUsd = (inputTokens * inputUsdPerM + outputTokens * outputUsdPerM) / 1_000_000;
    const paid = await till({ purpose, message: null, room, worstUsd }, async () => {
      let usage: Usage = noUsage;
      const value = await call({
        settings,
        clock,
        onUsage: (metered) => {
          usage = metered.usage;
        },
      });
      return { value, usage, by: `${settings.id}/${settings.model}` };
    });
    return paid.paid ? paid.value : { kind: "failed", because: paid.because };
  }

  function hear(settings: ProviderSettings, recording: Recording, room: string, signal: AbortSignal) {
    const tokens = Math.ceil(recording.bytes.length / BYTES_PER_SECOND_MIN) * TOKENS_PER_SECOND_MAX;
    return buy(settings, { purpose: "hear", room, inputTokens: tokens, outputTokens: tokens }, (deps) =>
      createSpeech(deps).transcribe(recording, signal),
    );
  }

  async function see(settings: ProviderSettings, picture: Recording, room: string, signal: AbortSignal) {
    const worst = { inputTokens: PICTURE_TOKENS_MAX, outputTokens: DESCRIPTION_TOKENS_MAX };
    const answer = await buy(settings, { purpose: "see", room, ...worst }, (deps) =>
      createVision(deps).describe(picture, signal),
    );
    return answer.kind === "answered" ? { ...answer, value: `(it shows: ${answer.value})` } : answer;
  }

  async function turnIntoWords(
    { kind, bytes, mimeType, download }: Media,
    room: string,
    signal: AbortSignal,
  ): Promise<Perceived> {
    const cannot = kind === "voice" ? "cannot hear voice messages" : "cannot see photos";
    const variable = kind === "voice" ? "KAOS_HEARING" : "KAOS_VISION";
    const settings = kind === "voice" ? ears : eyes;
    if (settings === undefined) return { because: `${agent} ${cannot}: ${variable} is not set.` };
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
    const answer = await (kind === "voice" ? hear : see)(settings, { bytes: fetched, mimeType }, room, signal);
    if (answer.kind === "answered") return { words: answer.value };
    return { because: `${agent} ${cannot} now: ${answer.because}.` };
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
      return turnIntoWords(media, where?.room ?? "", signal);
    },
    speak:
      mouth &&
      (async (text, signal) => {
        const tokens = Math.ceil(text.length / CHARACTERS_PER_SECOND_MIN) * TOKENS_PER_SECOND_MAX;
        const worst = { inputTokens: text.length, outputTokens: tokens };
        const answer = await buy(mouth, { purpose: "speak", room: "", ...worst }, (deps) =>
          createSpeech(deps).speak(text, env.KAOS_VOICE_NAME, signal),
        );
        return answer.kind === "answered" ? { voice: answer.value } : { because: answer.because };
      }),
  };
}

type Recording = { bytes: Uint8Array; mimeType: string };

/** What a call is for, whose session pays, and how many tokens it takes at worst. */
type Buying = { purpose: string; room: string; inputTokens: number; outputTokens: number };
