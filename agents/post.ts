/** How words reach a person alone: written, or said aloud where they asked for it, and validated in any case. */
import { type Clock, type Log, splitText, stableId } from "../shared/base/index.ts";
import { SPOKEN_CHARACTERS_MAX } from "../shared/llm/index.ts";
import type { Delivery, TelegramTransport } from "../shared/transport/index.ts";
import type { Letter } from "./letters.ts";

export type PostDeps = {
  agent: string;
  /** The output validator. */
  validate(text: string): string;
  /** A text as a voice message; undefined when no endpoint for speech is set. */
  speak: ((text: string, signal: AbortSignal) => Promise<{ voice: Uint8Array } | { because: string }>) | undefined;
  telegram(): Pick<TelegramTransport, "tell" | "tellAloud" | "capabilities">;
  clock: Clock;
  log: Log;
  signal: AbortSignal;
};

const AGAIN_MS = 3_000;

/** Every random id depends on the letter alone, so that what is sent again by another life appears once. */
export function createPost({ agent, validate, speak, telegram, clock, log, signal }: PostDeps) {
  /** False when nobody asked for it, or it cannot be done: then the answer is written. So is what is too long to be spoken. */
  async function sendAloud(letter: Letter, text: string): Promise<boolean> {
    if (!wantsVoice(letter)) return false;
    if (speak === undefined) {
      await sendWritten(letter, "(I cannot speak: KAOS_VOICE is not set.)", "why");
      return false;
    }
    const [aloud = "", ...rest] = splitText(validate(text), SPOKEN_CHARACTERS_MAX);
    const spoken = await speak(aloud, signal);
    if ("because" in spoken) {
      await sendWritten(letter, `(I could not speak: ${spoken.because}.)`, "why");
      return false;
    }
    const randomId = stableId("private", agent, letter.person, letter.messageId, "voice");
    const { person, messageId: replyTo } = letter;
    const voice = { voice: spoken.voice, replyTo, randomId };
    if (!(await untilSent(person, () => telegram().tellAloud(person, voice)))) return false;
    await sendWritten(letter, rest.join("\n\n"), "rest");
    return true;
  }

  async function sendWritten({ person, messageId }: Letter, text: string, mark = ""): Promise<void> {
    for (const [part, piece] of splitText(text, telegram().capabilities.textMax).entries()) {
      const randomId = stableId("private", agent, person, messageId, `${mark}${part}`);
      if (!(await send(person, piece, part === 0 ? messageId : null, randomId))) return;
    }
  }

  /** Nothing leaves but through the output validator, whoever wrote it: an answer, a command's, a question. */
  const send = (person: string, text: string, replyTo: string | null, randomId: string) =>
    untilSent(person, () => telegram().tell(person, { text: validate(text), replyTo, randomId }));

  async function untilSent(person: string, tell: () => Promise<Delivery>): Promise<boolean> {
    while (true) {
      signal.throwIfAborted();
      const delivery = await tell();
      if (delivery.kind === "sent") return true;
      if (delivery.kind === "never") {
        log.warn("private answer not sent", { person, because: delivery.because });
        return false;
      }
      await clock.sleep(Math.max(AGAIN_MS, delivery.afterMs), signal);
    }
  }

  return {
    send,
    async answer(letter: Letter, text: string): Promise<void> {
      if (!(await sendAloud(letter, text))) await sendWritten(letter, text);
    },
  };
}

/** `/voice` before a question asks for the answer as a voice message. */
const VOICE = /^\/voice\b\s*/u;

export function wantsVoice({ text }: Letter): boolean {
  return VOICE.test(text);
}

export function withoutVoice(text: string): string {
  return text.replace(VOICE, "");
}
