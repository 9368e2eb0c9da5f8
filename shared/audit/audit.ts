/** The log of every tool call of one agent: what was asked, whether it was allowed, and what came of it. */
import { type Clock, cut } from "../base/index.ts";
import type { Journal } from "../engine/index.ts";
import { sha256 } from "./chain.ts";
import { openFile } from "./file.ts";

/** Characters of one call's arguments that are kept. */
const ARGUMENTS_CHARACTERS_MAX = 4_000;
/** Characters of one call's result that are kept. */
const RESULT_CHARACTERS_MAX = 2_000;

/** A journal in a file: one line of JSON for what is about to happen, one for what came of it. */
export type Audit = Journal & { close(): void };

export type AuditOptions = {
  path: string;
  agent: string;
  clock: Clock;
  /** Takes secrets out of a text or out of JSON, as deep as it goes. What it cannot redact it must throw at. */
  redact: (value: unknown) => unknown;
};

/**
 * Opens the agent's log, or begins it, readable by its owner only. What a crash left unfinished stays where it is, and a
 * `repair` line vouches for it. There is one writer per log: a second one, or anybody who cuts or deletes the file while
 * it is open, makes every later intent fail. Throws an AuditFailure.
 *
 * An intent is handed to the system before the call runs, so it survives the death of the process. For tools with effects
 * it is also forced to the disk, so that it survives a loss of power; an outcome that is lost then reads as uncertain.
 */
export function openAudit({ path, agent, clock, redact }: AuditOptions): Audit {
  const file = openFile(path);
  const append = (event: string, fields: Record<string, unknown>): void =>
    file.append({ at: new Date(clock.now()).toISOString(), event, agent, ...fields });
  const redactText = (text: string): string => String(redact(text));

  if (file.wreck.length > 0) append("repair", { wreck: sha256(file.wreck), bytes: file.wreck.length });

  return {
    async intent(call, tool, decision, { turnId }) {
      append("tool_call", {
        turn: turnId,
        call: call.id,
        tool: redactText(cut(call.tool, 100)),
        effects: tool?.effects,
        arguments: shorten(redact(readJson(call.arguments))),
        decision: decision.allow ? decision : { allow: false, because: redactText(decision.because) },
      });
      if (decision.allow && tool?.effects !== "none") await file.force();
    },
    async outcome(call, { kind, text, latencyMs }, { turnId }) {
      append("tool_result", {
        turn: turnId,
        call: call.id,
        tool: redactText(cut(call.tool, 100)),
        class: kind,
        result: cut(redactText(text), RESULT_CHARACTERS_MAX),
        latencyMs,
      });
    },
    close: file.close,
  };
}

/** Arguments as the JSON they are, or as the text they are when a model broke them. */
function readJson(written: string): unknown {
  try {
    return JSON.parse(written);
  } catch {
    return written;
  }
}

/** Cut only after redaction: half a secret would no longer be recognised. */
function shorten(value: unknown): unknown {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length <= ARGUMENTS_CHARACTERS_MAX ? value : cut(text, ARGUMENTS_CHARACTERS_MAX);
}
