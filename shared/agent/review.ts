/** Dissent: a colleague looks at an answer before it is sent, and what it says stands in the message. */
import { oneLine } from "../base/index.ts";
import type { Message } from "../ledger/index.ts";
import { ownersOf } from "../routing/index.ts";
import { whenEnded } from "../tools/index.ts";
import type { Speaking } from "./speaking.ts";

/** A reviewer that takes longer is not waited for: the message says that nobody reviewed it. */
const REVIEW_MAX_MS = 60_000;

/** What a reviewer thinks of a draft, as it stands in the assignment's result. */
export type Verdict = { agrees: true } | { agrees: false; objection: string };

/** What is to be sent, and who wrote it. */
type Draft = { text: string; by: string | undefined };

/**
 * The text with one line about its review, if this agent asks for one on this subject: `✓` a colleague agrees, `✗` it
 * objects, and why, `⌛` nobody answered in time. Marks, not words: the line is the same in every language. A notice is ours, and sent as it is.
 */
export async function reviewed(
  speaking: Speaking,
  key: string,
  asked: Message,
  { text, by }: Draft,
  signal: AbortSignal,
): Promise<string> {
  const { agent, members, ledger, clock, dissent } = speaking;
  if (dissent !== "require" || by === "notice" || text.trim() === "") return text;
  if (!ownersOf(asked.text, members).some((owner) => owner.agent === agent)) return text;
  const reviewer = await reviewerOf(speaking);
  if (reviewer === undefined) return `${text}\n\n— ⌛`;
  const deadlineAt = clock.now() + REVIEW_MAX_MS;
  const given = await ledger.assignments.give({
    key: `${key}: review by ${reviewer}`,
    kind: "review",
    agent: reviewer,
    giver: agent,
    message: asked.seq,
    task: text,
    deadlineAt,
  });
  if (!given.given) return `${text}\n\n— ${reviewer} ⌛`;
  const [review] = await whenEnded({ ledger, clock }, [given.assignment.id], deadlineAt, signal);
  if (review?.state !== "done" || review.result === null) return `${text}\n\n— ${reviewer} ⌛`;
  const verdict = JSON.parse(review.result) as Verdict;
  return verdict.agrees ? `${text}\n\n— ${reviewer} ✓` : `${text}\n\n— ${reviewer} ✗ ${oneLine(verdict.objection)}`;
}

/** Who covers for this agent, if alive; else the first other agent that is. */
async function reviewerOf({ agent, members, ledger }: Speaking): Promise<string | undefined> {
  const cover = members.find(({ name }) => name === agent)?.escalatesTo;
  const alive = (await ledger.agents.roster()).filter((row) => row.alive && row.name !== agent);
  return (alive.find(({ name }) => name === cover) ?? alive[0])?.name;
}
