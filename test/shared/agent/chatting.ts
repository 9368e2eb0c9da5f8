/** One agent and one person, with a memory and turns on real files and a model that follows a script. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { type ChatDeps, createChat, type Listening } from "../../../shared/agent/index.ts";
import type { Model, ModelRequest } from "../../../shared/engine/index.ts";
import { openMemory } from "../../../shared/memory/index.ts";
import { validate, validateDraft } from "../../../shared/security/index.ts";
import { builtInTools } from "../../../shared/tools/index.ts";
import { openTurns } from "../../../shared/turns/index.ts";
import { standingClock } from "../../doubles/ledger.ts";
import { createOpenGate } from "../../doubles/open-gate.ts";
import { createRecordingJournal } from "../../doubles/recording-journal.ts";
import { type ScriptedStep, scriptedModel } from "../../doubles/scripted-model.ts";

export const SECRET = "correct-horse-battery-staple";
export const THREAD = "terminal";

/** A chat whose script must be played to its end. */
export async function chatWith(script: readonly ScriptedStep[], more: Partial<ChatDeps> = {}) {
  const model = scriptedModel(script);
  onTestFinished(() => model.assertPlayed());
  return { ...(await chatOn(model, more)), requests: model.requests };
}

export async function chatOn(model: Model, more: Partial<ChatDeps> = {}) {
  const clock = standingClock();
  // Nothing here waits but for the turn's time limits, which a standing clock never reaches.
  const patient = { ...clock, sleep: () => new Promise<void>(() => {}) };
  const folder = mkdtempSync(join(tmpdir(), "kaos-chat-"));
  const memory = await openMemory({ path: join(folder, "agent.db"), clock, durability: "off" });
  const turns = await openTurns({ path: join(folder, "turns.db"), clock, sole: true });
  onTestFinished(() => {
    memory.close();
    turns.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const journal = createRecordingJournal();
  /** Another life of the same chat, perhaps with another model. */
  const open = (again: Partial<ChatDeps> = {}) =>
    createChat({
      agent: "kronos",
      persona: { common: "Be brief.", identity: "You are kronos.", voice: "", duties: "" },
      model,
      tools: () => builtInTools({ clock, workspace: "never-written" }),
      gate: createOpenGate(),
      journal,
      sessions: memory.sessions,
      turns,
      thread: THREAD,
      clock: patient,
      validate: (text) => validate(text, { secrets: [SECRET] }).text,
      validateDraft: (text) => validateDraft(text, { secrets: [SECRET] }).text,
      sanitize: (text) => text,
      ...more,
      ...again,
    });
  const kept = async () => (await memory.sessions.recent(THREAD, 1_000)).map(({ by, text }) => `${by}: ${text}`);
  return { chat: open(), open, kept, journal, memory, turns, clock };
}

/** What a person would see of an answer; a retraction begins it anew. */
export function listener(signal = new AbortController().signal) {
  const seen = { text: "", ever: "", calls: [] as string[] };
  const listening: Listening = {
    signal,
    onText: (piece) => {
      seen.text += piece;
      seen.ever += piece;
    },
    onRetracted: () => {
      seen.text = "";
    },
    onCall: (tool, args) => void seen.calls.push(`${tool} ${args}`),
  };
  return { seen, listening };
}

export const conversationIn = (request: ModelRequest | undefined) =>
  request?.entries.flatMap(({ role, text }) => (role === "user" || role === "assistant" ? [`${role}: ${text}`] : []));
