/** From a held slot to a committed reply: context, turn, validation, commit; the lease is renewed meanwhile. */
import { splitText } from "../base/index.ts";
import { noUsage, type TurnEnd, type TurnEvent, whyStopped } from "../engine/index.ts";
import { type AgentCard, CLAIM_ATTEMPTS_MAX, type Claim, type Held } from "../ledger/index.ts";
import { entriesFor, type Occasion, sourcesOf } from "./context.ts";
import { createDraft } from "./draft.ts";
import { occasionOf } from "./occasion.ts";
import { underLease } from "./renew.ts";
import { reviewed } from "./review.ts";
import { saidByAgents } from "./said-before.ts";
import type { Speaking } from "./speaking.ts";
import { turnOf } from "./turn.ts";

/** What became of a held claim: it has ended or is being delivered, or its lease was lost on the way. */
export type Spoken = { kind: "done"; outcome: string } | { kind: "lost"; because: string };

/** A draft is written at most this often: fast enough to read along, rare enough for the ledger. */
const DRAFT_EVERY_MS = 250;

/** Runs the turn of a claim that this agent holds under `fence`, and commits what comes of it. */
export async function speak(
  speaking: Speaking,
  held: { claim: Claim; fence: number; attempt: number },
  signal: AbortSignal,
): Promise<Spoken> {
  const { agent, ledger, clock, log } = speaking;
  const { claim, fence } = held;
  const renew = () => ledger.claims.renew(claim.id, fence);
  return underLease({ agent, ledger, clock, log, renew }, signal, async (turning) => {
    const asked = await ledger.messages.get(claim.message);
    if (asked !== undefined) speaking.typing?.(asked, turning);
    const drafting = createDrafting(speaking, { claim, fence, room: asked?.room ?? "" }, turning);
    // Waiting for one of its own turns to end keeps the lease: the slot is not given on for that.
    const { end, text } = await speaking
      .inTurn(() => turn(speaking, held, drafting.onEvent, turning), turning)
      .catch((error: unknown) => {
        // Stopped while it waited for its turn, or for a reviewer: that ends it as it would in the middle of a turn.
        if (!turning.aborted || signal.aborted) throw error;
        return { end: { ...nothing, kind: "stopped" as const, because: whyStopped(turning), text: "" }, text: "" };
      });
    await drafting.idle();
    signal.throwIfAborted();
    // What a colleague's words led to is ephemeral: it never reaches memory.
    const toPerson =
      claim.message === claim.root && end.kind === "answered" && end.by !== "notice" && text.trim() !== "";
    const settle = () => commit(speaking, claim, fence, end, text);
    const answer = { text, model: end.by ?? "" };
    const result =
      toPerson && asked !== undefined && speaking.remembering !== undefined
        ? await speaking.remembering.handOver(asked, answer, { kind: "claim", id: claim.id, fence }, settle)
        : await settle();
    log.info("turn ended", { message: claim.message, claim: claim.id, kind: end.kind, steps: end.steps, by: end.by });
    if (!result.held) return { kind: "lost", because: result.because };
    return { kind: "done", outcome: end.kind };
  });
}

/** What a turn that did not begin has used. */
const nothing = { usage: noUsage, by: undefined, steps: 0 };

/** How the turn ended, and the text to send: the answer, with what a colleague says of it where that is required. */
async function turn(
  speaking: Speaking,
  { claim, attempt }: { claim: Claim; attempt: number },
  onEvent: (event: TurnEvent) => void,
  signal: AbortSignal,
): Promise<{ end: TurnEnd; text: string }> {
  const { members } = speaking;
  if (attempt > CLAIM_ATTEMPTS_MAX) {
    // Whatever ended the tries before may be this very turn: the person gets a notice, which takes no model.
    const because = `I was interrupted ${CLAIM_ATTEMPTS_MAX} times while answering`;
    return { end: { kind: "failed", because, ...nothing }, text: "" };
  }
  const { message, root, tier } = claim;
  const whole = await occasionOf(speaking, { root, trigger: message }, signal);
  // Whom a person addressed answers for itself, whatever others have said.
  const occasion = tier === 1 && message === root ? { ...whole, answers: [] } : whole;
  const key = `claim ${claim.id}`;
  const end = await turnOf(speaking, {
    about: { message: root, depth: 0, key, mayPass: mayPass(claim, occasion, members) },
    entries: entriesFor(occasion),
    purpose: "answer",
    sources: sourcesOf(occasion),
    onEvent,
    signal,
  });
  if (end.kind === "answered") return { end, text: await reviewed(speaking, key, occasion.asked, end, signal) };
  return { end, text: end.kind === "stopped" ? end.text : "" };
}

/** I4: whom a person addresses answers. Passing is for volunteers, and for a colleague's address. */
function mayPass(claim: Claim, occasion: Occasion, members: readonly AgentCard[]): boolean {
  return (claim.tier > 1 || occasion.peer !== undefined) && members.length > 1;
}

async function commit(speaking: Speaking, claim: Claim, fence: number, end: TurnEnd, text: string): Promise<Held> {
  const { ledger } = speaking;
  switch (end.kind) {
    case "passed":
      return ledger.claims.pass(claim.id, fence, end.because);
    case "failed":
      return fail(speaking, claim, fence, end.because);
    case "waiting":
      return fail(speaking, claim, fence, end.because);
    case "stopped":
      if (text.trim() === "") return fail(speaking, claim, fence, end.because);
      return reply(speaking, claim, fence, text, end.by ?? "");
    case "answered":
      return reply(speaking, claim, fence, text, end.by ?? "");
  }
}

async function reply(speaking: Speaking, claim: Claim, fence: number, text: string, by: string): Promise<Held> {
  const parts = await partsOf(speaking, claim, text);
  if (parts.length === 0) return fail(speaking, claim, fence, "the answer was empty");
  return speaking.ledger.claims.commitReply(claim.id, fence, { parts, by });
}

/** Whom a person addressed, and who cannot answer, says so: silence would look like being ignored. */
async function fail(speaking: Speaking, claim: Claim, fence: number, because: string): Promise<Held> {
  if (claim.tier > 1) return speaking.ledger.claims.fail(claim.id, fence, because);
  const parts = await partsOf(speaking, claim, `I could not answer this: ${because}`);
  return speaking.ledger.claims.commitReply(claim.id, fence, { parts, by: "notice", failed: because });
}

async function partsOf(speaking: Speaking, claim: Claim, text: string): Promise<string[]> {
  const message = await speaking.ledger.messages.get(claim.message);
  return splitText(speaking.validate(text), speaking.textMaxOf(message?.room ?? ""));
}

/** Writes what the model has said so far into the ledger, now and then, validated. */
function createDrafting(
  { ledger, clock, log, validateDraft }: Speaking,
  { claim: { id: claim }, fence, room }: { claim: Claim; fence: number; room: string },
  signal: AbortSignal,
) {
  const draft = createDraft();
  let before: readonly string[] | undefined;
  let written = "";
  let writing: Promise<void> | undefined;

  async function write(): Promise<void> {
    try {
      while (!signal.aborted) {
        before ??= await saidByAgents(ledger, room);
        const safe = validateDraft(draft.text(), before);
        if (safe === written) return;
        written = safe;
        if (!(await ledger.claims.draft(claim, fence, safe))) return;
        await clock.sleep(DRAFT_EVERY_MS, signal);
      }
    } catch (error) {
      // A draft is for the eye; the answer itself does not depend on it.
      if (!signal.aborted) log.warn("draft not written", { claim, error });
    }
  }
  return {
    onEvent(event: TurnEvent): void {
      if (!draft.heard(event)) return;
      writing ??= write().finally(() => {
        writing = undefined;
      });
    },
    idle: async () => writing,
  };
}
