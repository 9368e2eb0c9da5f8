/** Does for an automation what needs this agent's mind or memory; what it found is the result, and the supervisor tells it. */
import { cut } from "../../base/index.ts";
import { noUsage } from "../../engine/index.ts";
import { type Finding, findingSchema, orderSchema } from "../../ledger/index.ts";
import { Unable } from "./chores/chore.ts";
import { chores } from "./chores/index.ts";
import { type Errand, standingOn } from "./errand.ts";

export const doJob: Errand = async (speaking, assignment, signal) => {
  const order = orderSchema.parse(JSON.parse(assignment.task));
  const chore = chores[order.job];
  const nobody = { usage: noUsage, by: undefined };
  if (chore === undefined) return { kind: "returned", because: `there is no job ${order.job} for agents`, ...nobody };
  const commission = { ...order, key: `assignment ${assignment.id}`, sources: standingOn(assignment, speaking) };
  const end = await chore(speaking, commission, signal).catch((error: unknown) => {
    if (!(error instanceof Unable)) throw error;
    return error;
  });
  if (end instanceof Unable) return { kind: "returned", because: end.message, ...nobody };
  if ("waiting" in end) return { kind: "waiting", approval: end.waiting, ...nobody };
  const found = withoutSecrets(end, speaking.validate);
  return { kind: "result", result: JSON.stringify(found), because: found.summary, ...nobody };
};

const SUMMARY_CHARACTERS_MAX = 2_000;
const TITLE_CHARACTERS_MAX = 500;
const TEXT_CHARACTERS_MAX = 4_000;

/** What leaves an agent passes its validator: the texts of a finding as those of an answer. */
function withoutSecrets({ items, ...found }: Finding, validate: (text: string) => string): Finding {
  return findingSchema.parse({
    ...found,
    summary: cut(validate(found.summary), SUMMARY_CHARACTERS_MAX),
    ...(found.evidence === undefined ? {} : { evidence: found.evidence.map(validate) }),
    ...(items === undefined
      ? {}
      : {
          items: items.map(({ title, text, url }) => ({
            title: cut(validate(title), TITLE_CHARACTERS_MAX),
            ...(text === undefined ? {} : { text: cut(validate(text), TEXT_CHARACTERS_MAX) }),
            ...(url === undefined ? {} : { url: validate(url) }),
          })),
        }),
  });
}
