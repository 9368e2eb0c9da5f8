/** Orders to an agent's memory, as a form gives them: checked, and carried to the agent as work by the ledger. */
import { secret } from "../../shared/base/index.ts";
import { type Assignment, YOU } from "../../shared/ledger/index.ts";
import { type MemoryOrder, memoryOrderSchema } from "../../shared/memory/index.ts";
import { live } from "../html.ts";
import { orderState } from "../parts/memory-order.ts";
import { refused } from "../parts/refused.ts";
import type { Answer, Visit } from "../view.ts";

/** An agent that does not run for longer is not coming back soon: then the order has ended unheard. */
const ORDER_MS = 7 * 86_400_000;

/** An order is work for the agent, whose file it is: the ledger carries it there, and its receipt back. */
export async function giveOrder({ ledger, clock, agents }: Visit, form: URLSearchParams): Promise<Answer> {
  const agent = form.get("agent") ?? "";
  if (!agents().agents.some(({ name }) => name === agent)) return refused(`There is no agent ${agent}.`);
  const order = orderOf(form);
  if (order === undefined) return refused("Fill in every field of the form.");
  const wanted = toConfirm(order, agent);
  if (wanted !== undefined && (form.get("confirm") ?? "").trim() !== wanted)
    return refused(`Nothing was forgotten: type ${wanted} to have it done. Nothing brings it back afterwards.`);
  const given = await ledger.assignments.give({
    key: `memory ${agent} ${secret(6)}`,
    kind: "forget",
    agent,
    giver: YOU,
    sources: [{ label: "owner", from: YOU }],
    task: JSON.stringify(order),
    deadlineAt: clock.now() + ORDER_MS,
  });
  if (!given.given) return refused(given.because);
  const next = `/memory?${new URLSearchParams({ agent, order: String(given.assignment.id) }).toString()}`;
  return { kind: "done", next, fragment: live(orderState(given.assignment)) };
}

function orderOf(form: URLSearchParams): MemoryOrder | undefined {
  const told = Object.fromEntries([...form].filter(([name]) => !["csrf", "agent", "confirm"].includes(name)));
  const { ids, hypothesis, ...rest } = told;
  const read = memoryOrderSchema.safeParse({
    ...rest,
    ...(ids !== undefined && { ids: ids.split(",") }),
    ...(hypothesis !== undefined && { hypothesis: Number(hypothesis) }),
  });
  return read.success ? read.data : undefined;
}

/** What a person types before more than one fact goes: a click alone is too little for that. */
function toConfirm(order: MemoryOrder, agent: string): string | undefined {
  switch (order.order) {
    case "forget person":
      return order.person;
    case "forget thread":
      return order.thread;
    case "forget everything":
      return agent;
    default:
      return undefined;
  }
}

/** The order that this visit asks about. */
export async function orderIn({ ledger, query }: Visit): Promise<Assignment | undefined> {
  const id = query.get("order") ?? "";
  const order = /^\d{1,15}$/.test(id) ? await ledger.assignments.get(Number(id)) : undefined;
  return order?.kind === "forget" ? order : undefined;
}
