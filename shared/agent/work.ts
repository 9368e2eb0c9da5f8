/** Work that colleagues and the swarm give to this agent: taken one by one, done under a lease, handed in. */
import { messageOf, OperationalError, splitText } from "../base/index.ts";
import { whyStopped } from "../engine/index.ts";
import type { Assignment, AssignmentKind, Held } from "../ledger/index.ts";
import { answerFor } from "./errands/answer-for.ts";
import { doJob } from "./errands/do-job.ts";
import type { Done, Errand } from "./errands/errand.ts";
import { giveOpinion } from "./errands/give-opinion.ts";
import { resumeTurn } from "./errands/resume-turn.ts";
import { reviewDraft } from "./errands/review-draft.ts";
import { doStep } from "./errands/step.ts";
import { tendMemory } from "./errands/tend-memory.ts";
import { underLease } from "./renew.ts";
import type { Speaking } from "./speaking.ts";

/** How each kind of work is done. */
const errands: Record<AssignmentKind, Errand> = {
  "hand-off": answerFor,
  returned: answerFor,
  escalation: answerFor,
  position: giveOpinion,
  question: giveOpinion,
  review: reviewDraft,
  decided: resumeTurn,
  resume: resumeTurn,
  job: doJob,
  step: doStep,
  forget: tendMemory,
};

/** Work that nobody waits for at this moment: one piece at a time, so that colleagues' questions never stand behind it. */
const UNHURRIED: readonly AssignmentKind[] = ["job", "step"];
/** Pieces of work that an agent does at a time, besides its turns: a council of all must not wait for itself. */
const WORK_MAX = 3;
/** With nothing to do and no change, it looks again after this. */
const IDLE_MS = 30_000;
/** Work that is due but cannot be taken, because of a pause, is looked at again after this. */
const AGAIN_MS = 1_000;

/** Works until the signal says stop. Rejects with what is a bug; a failed try waits in the ledger for the next one. */
export async function work(speaking: Speaking, stop: AbortSignal): Promise<void> {
  const { agent, ledger, clock } = speaking;
  const broken = new AbortController();
  const signal = AbortSignal.any([stop, broken.signal]);
  const underWay = new Set<Promise<void>>();
  let unhurried = 0;
  while (!signal.aborted) {
    const seen = ledger.changes.version();
    const full = underWay.size >= WORK_MAX;
    const without = unhurried > 0 ? UNHURRIED : [];
    const dueInMs = full ? IDLE_MS : (await ledger.assignments.nextDue(agent, without)) - clock.now();
    const assignment = dueInMs <= 0 ? await ledger.assignments.take(agent, without) : undefined;
    if (assignment !== undefined) begin(assignment);
    else {
      const atMostMs = dueInMs <= 0 ? AGAIN_MS : Math.min(IDLE_MS, dueInMs);
      // What ends makes room: for anything, or for what stood behind it.
      const ends = full || unhurried > 0 ? underWay : [];
      await Promise.race([...ends, ledger.changes.past(seen, { signal, atMostMs })]);
    }
  }
  await Promise.allSettled(underWay);
  if (broken.signal.aborted) throw broken.signal.reason;

  function begin(assignment: Assignment): void {
    const slow = UNHURRIED.includes(assignment.kind) ? 1 : 0;
    unhurried += slow;
    const doing = doOne(speaking, assignment, signal)
      .catch((error: unknown) => {
        if (!signal.aborted) broken.abort(error);
      })
      .finally(() => {
        unhurried -= slow;
        underWay.delete(doing);
      });
    underWay.add(doing);
  }
}

async function doOne(speaking: Speaking, assignment: Assignment, signal: AbortSignal): Promise<void> {
  const { agent, ledger, clock, log } = speaking;
  const { id, fence, kind } = assignment;
  const renew = () => ledger.assignments.renew(id, fence);
  await underLease({ agent, ledger, clock, log, renew }, signal, async (working) => {
    try {
      const done = await errands[kind](speaking, assignment, working);
      signal.throwIfAborted();
      const handed = await handIn(speaking, assignment, done);
      log.info("work ended", { assignment: id, kind, ended: done.kind, held: handed.held });
    } catch (error) {
      if (working.aborted && !signal.aborted) {
        await ledger.assignments.finish(id, fence, { result: null, because: whyStopped(working) });
        return;
      }
      if (!(error instanceof OperationalError) || signal.aborted) throw error;
      log.error("work will be tried again", { assignment: id, because: messageOf(error) });
      await ledger.assignments.fail(id, fence, messageOf(error));
    }
  });
}

async function handIn(speaking: Speaking, { id, fence, message, room }: Assignment, done: Done): Promise<Held> {
  const { assignments, messages } = speaking.ledger;
  switch (done.kind) {
    case "answer": {
      const asked = message === null ? undefined : await messages.get(message);
      const text = speaking.validate(done.text);
      const parts = splitText(text, speaking.textMaxOf(asked?.room ?? room ?? ""));
      if (parts.length === 0) return assignments.fail(id, fence, "the answer was empty");
      const commit = () => assignments.commitReply(id, fence, { parts, by: done.by ?? "" });
      const { remembering } = speaking;
      if (remembering === undefined || asked === undefined || done.by === "notice") return commit();
      const answer = { text, model: done.by ?? "" };
      return remembering.handOver(asked, answer, { kind: "assignment", id, fence }, commit);
    }
    case "result":
      return assignments.finish(id, fence, done);
    case "waiting":
      return assignments.park(id, fence, done.approval);
    case "returned":
      return assignments.reject(id, fence, done.because);
    case "failed":
      return assignments.fail(id, fence, done.because);
  }
}
