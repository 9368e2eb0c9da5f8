/** From a held slot to a committed reply: context, turn, validation, commit; the lease is renewed meanwhile. */
import { type Clock, type Log, repeat, splitText } from "../base/index.ts";
import {
  type Gate,
  type Journal,
  type Limits,
  type Model,
  noUsage,
  runTurn,
  type Tool,
  type TurnEnd,
  type TurnEvent,
} from "../engine/index.ts";
import {
  type AgentCard,
  CLAIM_ATTEMPTS_MAX,
  type Claim,
  type Held,
  type Ledger,
  RENEW_EVERY_MS,
} from "../ledger/index.ts";
import { type Answer, entriesFor, type Occasion, type Persona, systemPromptOf } from "./context.ts";

export type Speaking = {
  agent: string;
  members: readonly AgentCard[];
  persona: Persona;
  ledger: Ledger;
  clock: Clock;
  log: Log;
  model: Model;
  tools: readonly Tool[];
  gate: Gate;
  journal: Journal;
  limits: Limits;
  /** The output validator for a whole text, and for one that is still being written. */
  validate(text: string): string;
  validateDraft(text: string): string;
  sanitize(text: string, tool: string): string;
  textMaxOf(room: string): number;
};

/** What became of a held claim: it has ended or is being delivered, or its lease was lost on the way. */
export type Spoken = { kind: "done"; outcome: string } | { kind: "lost"; because: string };

/** Messages of the room that a model is told before the one it answers. */
const BEFORE_MAX = 12;
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
  const lease = new AbortController();
  const turning = AbortSignal.any([signal, lease.signal]);
  const renewing = repeat({ clock, everyMs: RENEW_EVERY_MS, signal: turning }, async () => {
    try {
      if (!(await ledger.claims.renew(claim.id, fence))) lease.abort("a lost lease");
    } catch (error) {
      // A busy ledger is no lost lease: the next beat tries again, and the fence decides in the end.
      log.warn("lease not renewed", { claim: claim.id, error });
    }
  });
  const drafting = createDrafting(speaking, claim.id, fence, turning);
  try {
    const end = await turn(speaking, held, drafting.onEvent, turning);
    signal.throwIfAborted();
    await ledger.spend.add({ agent, purpose: "answer", message: claim.root, by: end.by ?? "", ...end.usage });
    const result = await commit(speaking, claim, fence, end);
    log.info("turn ended", { message: claim.message, claim: claim.id, kind: end.kind, steps: end.steps, by: end.by });
    if (!result.held) return { kind: "lost", because: result.because };
    return { kind: "done", outcome: end.kind };
  } finally {
    lease.abort("the end of the turn");
    await Promise.allSettled([renewing, drafting.idle()]);
  }
}

async function turn(
  speaking: Speaking,
  { claim, attempt }: { claim: Claim; attempt: number },
  onEvent: (event: TurnEvent) => void,
  signal: AbortSignal,
): Promise<TurnEnd> {
  const { agent, ledger, clock } = speaking;
  if (attempt > CLAIM_ATTEMPTS_MAX) {
    // Whatever ended the tries before may be this very turn: the person gets a notice, which takes no model.
    const because = `I was interrupted ${CLAIM_ATTEMPTS_MAX} times while answering`;
    return { kind: "failed", because, usage: noUsage, by: undefined, steps: 0 };
  }
  const occasion = await occasionOf(ledger, claim, clock.now());
  return runTurn({
    id: `${claim.id}.${attempt}`,
    agent,
    model: speaking.model,
    systemPrompt: systemPromptOf(agent, speaking.persona, speaking.members),
    entries: entriesFor(occasion),
    tools: mayPass(claim, occasion, speaking.members)
      ? speaking.tools
      : speaking.tools.filter(({ name }) => name !== "pass"),
    limits: speaking.limits,
    gate: speaking.gate,
    journal: speaking.journal,
    clock,
    sanitize: speaking.sanitize,
    onEvent,
    signal,
  });
}

/** I4: whom a person addresses answers. Passing is for volunteers, and for a colleague's address. */
function mayPass(claim: Claim, occasion: Occasion, members: readonly AgentCard[]): boolean {
  return (claim.tier > 1 || occasion.peer !== undefined) && members.length > 1;
}

async function occasionOf(ledger: Ledger, claim: Claim, now: number): Promise<Occasion> {
  // In this order: what arrives between the two steps is met twice, and told once, but never missed.
  const onTheWay = await onTheirWay(ledger, claim);
  const thread = await ledger.messages.thread(claim.root);
  const asked = thread.find(({ seq }) => seq === claim.root);
  if (asked === undefined) throw new Error(`claim ${claim.id} points to a root that is not in the ledger`);
  const trigger = thread.find(({ seq }) => seq === claim.message);
  const heard = thread
    .filter(
      ({ seq, sender, deletedAt }) =>
        seq !== asked.seq && sender.kind === "agent" && sender.name !== claim.agent && deletedAt === null,
    )
    .map(({ seq, sender, text }) => ({ seq, agent: sender.name, text }));
  const arrived = (answer: Answer) => heard.some(({ agent, text }) => agent === answer.agent && text === answer.text);
  const answers = [...heard, ...onTheWay.filter((answer) => !arrived(answer))];
  return {
    asked,
    before: await ledger.messages.before(asked, BEFORE_MAX),
    answers: claim.tier === 1 && trigger?.seq === asked.seq ? [] : answers,
    peer: trigger?.sender.kind === "agent" ? trigger : undefined,
    now,
  };
}

/** Answers of colleagues that are committed and not yet seen: whoever comes second must know them, however slow the sending. */
async function onTheirWay(ledger: Ledger, { root, agent }: Claim): Promise<Answer[]> {
  const claims = await ledger.claims.ofRoot(root);
  const delivering = claims.filter((other) => other.state === "delivering" && other.agent !== agent);
  const parcels = await ledger.outbox.ofClaims(delivering.map(({ id }) => id));
  return parcels
    .filter(({ state }) => state !== "sent")
    .map((parcel) => ({ seq: undefined, agent: parcel.agent, text: parcel.text }));
}

async function commit(speaking: Speaking, claim: Claim, fence: number, end: TurnEnd): Promise<Held> {
  const { ledger } = speaking;
  switch (end.kind) {
    case "passed":
      return ledger.claims.pass(claim.id, fence, end.because);
    case "failed":
      return fail(speaking, claim, fence, end.because);
    case "stopped":
      if (end.text.trim() === "") return fail(speaking, claim, fence, end.because);
      return reply(speaking, claim, fence, end.text, end.by ?? "");
    case "answered":
      return reply(speaking, claim, fence, end.text, end.by ?? "");
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
  claim: number,
  fence: number,
  signal: AbortSignal,
) {
  let text = "";
  let written = "";
  let writing: Promise<void> | undefined;

  async function write(): Promise<void> {
    try {
      while (!signal.aborted) {
        const draft = validateDraft(text);
        if (draft === written) return;
        written = draft;
        if (!(await ledger.claims.draft(claim, fence, draft))) return;
        await clock.sleep(DRAFT_EVERY_MS, signal);
      }
    } catch (error) {
      // A draft is for the eye; the answer itself does not depend on it.
      if (!signal.aborted) log.warn("draft not written", { claim, error });
    }
  }
  return {
    onEvent(event: TurnEvent): void {
      if (event.kind === "text") text += event.piece;
      else if (event.kind === "retracted") text = "";
      else return;
      writing ??= write().finally(() => {
        writing = undefined;
      });
    },
    idle: async () => writing,
  };
}
