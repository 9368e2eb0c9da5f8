/** What has happened around the message that an agent is to answer: what was said before, and what colleagues have answered. */
import type { Ledger } from "../ledger/index.ts";
import type { Answer, Occasion } from "./context.ts";
import { nothingRecalled } from "./remembering.ts";
import type { Speaking } from "./speaking.ts";

/** Messages of the room that a model is told before the one it answers. */
const BEFORE_MAX = 12;

/** The occasion of answering `root`, made to speak by the message `trigger` (the root itself, or a colleague's); `question` is what to remember for, if it is not the root. */
export async function occasionOf(
  { ledger, agent, clock, remembering }: Pick<Speaking, "ledger" | "agent" | "clock" | "remembering">,
  { root, trigger, question }: { root: number; trigger: number; question?: string },
  signal: AbortSignal,
): Promise<Occasion> {
  // In this order: what arrives between the two steps is met twice, and told once, but never missed.
  const onTheWay = await onTheirWay(ledger, root, agent);
  const thread = await ledger.messages.thread(root);
  const asked = thread.find(({ seq }) => seq === root);
  if (asked === undefined) throw new Error(`message ${root} is not in the ledger`);
  const heard = thread
    .filter(
      ({ seq, sender, deletedAt }) =>
        seq !== asked.seq && sender.kind === "agent" && sender.name !== agent && deletedAt === null,
    )
    .map(({ seq, sender, text }) => ({ seq, agent: sender.name, text }));
  const arrived = (answer: Answer) => heard.some((one) => one.agent === answer.agent && one.text === answer.text);
  const peer = thread.find(({ seq, sender }) => seq === trigger && sender.kind === "agent");
  const before = await ledger.messages.before(asked, BEFORE_MAX);
  const topic = before.findLast(({ sender }) => sender.id === asked.sender.id)?.text;
  const asking = { question: question ?? asked.text, topic };
  return {
    asked,
    before,
    answers: [...heard, ...onTheWay.filter((answer) => !arrived(answer))],
    peer,
    recalled: (await remembering?.recall(asking, asked, signal)) ?? nothingRecalled,
    now: clock.now(),
  };
}

/** Answers of colleagues that are committed and not yet seen: whoever comes second must know them, however slow the sending. */
async function onTheirWay(ledger: Ledger, root: number, agent: string): Promise<Answer[]> {
  const claims = await ledger.claims.ofRoot(root);
  const delivering = claims.filter((other) => other.state === "delivering" && other.agent !== agent);
  const parcels = await ledger.outbox.ofClaims(delivering.map(({ id }) => id));
  return parcels
    .filter(({ state }) => state !== "sent")
    .map((parcel) => ({ seq: undefined, agent: parcel.agent, text: parcel.text }));
}
