/** The log of every tool call of one agent: what was asked, whether it was allowed, and what came of it. */
import { rmSync, statSync } from "node:fs";
import { type Clock, cut } from "../base/index.ts";
import type { Journal } from "../engine/index.ts";
import { type Place, sha256 } from "./chain.ts";
import { type AuditIndex, openIndex } from "./entries.ts";
import { endOf, openFile } from "./file.ts";
import { fullParts } from "./files.ts";

/** Characters of one call's arguments that are kept. */
const ARGUMENTS_CHARACTERS_MAX = 4_000;
/** Characters of a tool's name that are kept, and how many names are remembered as they are written. */
const NAME_CHARACTERS_MAX = 100;
const NAMES_MAX = 200;
/** Characters of one call's result that are kept. */
const RESULT_CHARACTERS_MAX = 2_000;
/** Characters of the name of a conversation that are kept. */
const SESSION_CHARACTERS_MAX = 200;

/** A full file is set aside. */
const FILE_BYTES_MAX = 64 * 1024 * 1024;
/** Of the files set aside the oldest go when all together are larger: about three million lines. */
const KEPT_BYTES_MAX = 1024 * 1024 * 1024;

/** A journal in a file: one line of JSON for what is about to happen, one for what came of it. */
export type Audit = Journal & {
  /** Lets go of files that are too old, forces all lines to the disk, and says which is the last; seq 0 for a log without one. */
  checkpoint(): Promise<Place>;
  close(): void;
};

type AuditOptions = {
  path: string;
  agent: string;
  clock: Clock;
  /** Takes secrets out of a text or out of JSON, as deep as it goes. What it cannot redact it must throw at. */
  redact: (value: unknown) => unknown;
  /** Sizes at which a file is set aside, and at which the oldest of them go. */
  fileBytesMax?: number;
  keptBytesMax?: number;
  /** A file set aside goes when its last line is older than this; for ever when not given. */
  keptMs?: number;
  /** Hears that a file was set aside. */
  onRotation?: () => void;
  /** Hears that the index could not be written. The log itself is whole: the index catches up with a later line or at the next start. */
  onIndexFailure?: (error: unknown) => void;
};

/**
 * Opens the agent's log, or begins it, readable by its owner only. What a crash left unfinished stays where it is, and a
 * `repair` line vouches for it; a `cut` line says that the index knows of lines that are gone. There is one writer per log: a second
 * one, or anybody who cuts or deletes the file while it is open, makes every later intent fail. Throws an AuditFailure.
 *
 * An intent is handed to the system before the call runs, so it survives the death of the process. For tools with effects
 * it is also forced to the disk, so that it survives a loss of power; an outcome that is lost then reads as uncertain.
 */
export function openAudit({
  path,
  agent,
  clock,
  redact,
  onIndexFailure = () => {},
  onRotation = () => {},
  ...limits
}: AuditOptions): Audit {
  const { fileBytesMax = FILE_BYTES_MAX, keptBytesMax = KEPT_BYTES_MAX, keptMs = Number.POSITIVE_INFINITY } = limits;
  let retiring = false;
  const file = openFile(path, fileBytesMax, () => {
    retiring = true;
    onRotation();
  });
  const index = openIndexOf(path, file.last(), onIndexFailure);
  const append = (event: string, fields: Record<string, unknown>): void => {
    const record = { at: new Date(clock.now()).toISOString(), event, agent, ...fields };
    const written = file.append(record);
    index?.add(record, written);
    if (retiring) retire();
  };
  /** The line is written before the file goes: a log without its beginning says so itself. */
  const retire = (): void => {
    retiring = false;
    const full = fullParts(path);
    let bytes = full.reduce((sum, part) => sum + part.bytes, 0);
    for (const part of full) {
      if (bytes <= keptBytesMax && clock.now() - part.writtenAt <= keptMs) break;
      const { seq, hash } = endOf(part.path);
      append("retired", { through: hash, lines: seq });
      rmSync(part.path, { force: true });
      index?.forgetThrough(seq);
      bytes -= part.bytes;
    }
  };
  /** Only of what the disk has may the index say that it was there: a loss of power must not look like a cut. */
  const force = async (): Promise<Place> => {
    const head = await file.force();
    index?.note(head);
    return head;
  };
  const redactText = (text: string): string => String(redact(text));
  const names = new Map<string, string>();
  const nameOf = (tool: string): string => {
    const name = names.get(tool) ?? redactText(cut(tool, NAME_CHARACTERS_MAX));
    // An agent has few tools, and a model may make up any number of names.
    if (names.size < NAMES_MAX) names.set(tool, name);
    return name;
  };

  if (file.wreck.length > 0) append("repair", { wreck: sha256(file.wreck), bytes: file.wreck.length });
  const known = index?.known;
  if (known !== undefined && known.seq > file.last().seq) {
    const lines = known.seq - file.last().seq;
    file.skipTo(known.seq);
    append("cut", { lines, known: known.hash });
  }
  void index?.catchUp().catch(onIndexFailure);

  return {
    async intent(call, tool, decision, { turnId, chat }) {
      append("tool_call", {
        turn: turnId,
        ...sessionOf(chat),
        call: call.id,
        tool: nameOf(call.tool),
        effects: tool?.effects,
        arguments: shorten(redact(readJson(call.arguments))),
        decision: decision.allow === true ? decision : { ...decision, because: redactText(decision.because) },
      });
      if (decision.allow === true && tool?.effects !== "none") await force();
    },
    async outcome(call, { kind, text, latencyMs }, { turnId, chat }) {
      append("tool_result", {
        turn: turnId,
        ...sessionOf(chat),
        call: call.id,
        tool: nameOf(call.tool),
        class: kind,
        result: cut(redactText(text), RESULT_CHARACTERS_MAX),
        latencyMs,
      });
    },
    async checkpoint() {
      retire();
      return force();
    },
    close() {
      index?.note(file.close());
      index?.close();
    },
  };
}

/** The conversation that a call belongs to; a turn that stands alone has none. */
function sessionOf(chat: string | undefined): { session?: string } {
  return chat === undefined ? {} : { session: cut(chat, SESSION_CHARACTERS_MAX) };
}

/** Only a log in a file of its own has an index; one that cannot be opened must not keep an agent from working. */
function openIndexOf(path: string, last: Place, onFailure: (error: unknown) => void): AuditIndex | undefined {
  if (!statSync(path).isFile()) return undefined;
  try {
    return openIndex(path, last, onFailure);
  } catch (error) {
    onFailure(error);
    return undefined;
  }
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
