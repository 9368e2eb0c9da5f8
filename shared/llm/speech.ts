/** Hearing and speaking through an OpenAI-compatible endpoint: voice to text, text to voice. */
import { askMedia, type MediaAnswer, type MediaDeps, mediaClient } from "./media.ts";
import { estimateTokens } from "./prices.ts";

/** A recording: its bytes, and what they are. */
export type Recording = { bytes: Uint8Array; mimeType: string };

export interface Speech {
  /** What is said in a recording. */
  transcribe(recording: Recording, signal: AbortSignal): Promise<MediaAnswer<string>>;
  /** A text said aloud, as Ogg with Opus: what messengers play as a voice message. */
  speak(text: string, voice: string, signal: AbortSignal): Promise<MediaAnswer<Uint8Array>>;
}

/** OpenAI counts ten tokens of audio for a second; who bills by the second is counted so as well. */
const TOKENS_PER_SECOND = 10;
/** Text that is said aloud in one call; the API takes 4,096. */
export const SPOKEN_CHARACTERS_MAX = 4_000;
/** About 15 characters are said in a second. */
const CHARACTERS_PER_SECOND = 15;

/** Nothing is imported and nothing connects before the first call. */
export function createSpeech(deps: MediaDeps): Speech {
  const client = mediaClient(deps);
  return {
    transcribe: ({ bytes, mimeType }, signal) =>
      askMedia(deps, signal, async (stop) => {
        const openai = await client();
        const file = new File([new Uint8Array(bytes)], `voice.${endingOf(mimeType)}`, { type: mimeType });
        const answer = await openai.audio.transcriptions.create(
          { file, model: deps.settings.model, response_format: "json" },
          { signal: stop },
        );
        const { usage } = answer;
        const counted =
          usage?.type === "tokens"
            ? { inputTokens: usage.input_tokens, outputTokens: usage.output_tokens }
            : {
                inputTokens: Math.ceil((usage?.seconds ?? 0) * TOKENS_PER_SECOND),
                outputTokens: estimateTokens(answer.text.length),
              };
        return { value: answer.text.trim(), ...counted, estimated: usage?.type !== "tokens" };
      }),
    speak: (text, voice, signal) =>
      askMedia(deps, signal, async (stop) => {
        const openai = await client();
        const input = text.slice(0, SPOKEN_CHARACTERS_MAX);
        const answer = await openai.audio.speech.create(
          { model: deps.settings.model, voice, input, response_format: "opus" },
          { signal: stop },
        );
        // The API of speech counts nothing.
        const outputTokens = Math.ceil((input.length / CHARACTERS_PER_SECOND) * TOKENS_PER_SECOND);
        const bytes = new Uint8Array(await answer.arrayBuffer());
        return { value: bytes, inputTokens: estimateTokens(input.length), outputTokens, estimated: true };
      }),
  };
}

/** The API goes by the ending of a file's name. */
function endingOf(mimeType: string): string {
  const kind = mimeType.replace(/^audio\//u, "").replace(/;.*$/u, "");
  return (
    { mpeg: "mp3", "x-m4a": "m4a", mp4: "m4a", wav: "wav", "x-wav": "wav", webm: "webm", flac: "flac" }[kind] ?? "ogg"
  );
}
