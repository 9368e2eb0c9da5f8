/** Moves plans on: begins what is due, looks at pages, tells people. Everything stands in the ledger, so it may die anywhere. */
import { type Clock, isAbort, type Log, secret } from "../../shared/base/index.ts";
import type { Ledger, PlanLook, PlanWord } from "../../shared/ledger/index.ts";
import type { Egress } from "../../shared/security/index.ts";
import type { Automations } from "../automations.ts";
import { inQuietHours } from "../delivery/decide.ts";
import { partsOf } from "../delivery/parts.ts";
import { dayOf } from "../schedule/day.ts";
import { look } from "./look.ts";
import { wordPlan } from "./word-plan.ts";

type Deps = {
  ledger: Pick<Ledger, "plans" | "deliveries" | "changes">;
  clock: Clock;
  log: Log;
  egress(): Egress;
  settings(): Pick<Automations, "quietHours" | "timeZone">;
};

/** Pages that one supervisor looks at beside each other. */
const LOOKS_MAX = 3;
/** With no change and nothing due, it looks again after this. */
const IDLE_MS = 60_000;

/** Keeps every plan moving until the signal says stop. Two supervisors on one ledger do each thing once. */
export async function keepPlans(deps: Deps, signal: AbortSignal): Promise<void> {
  const { ledger, clock } = deps;
  const owner = secret();
  const looks = new Set<Promise<void>>();
  while (!signal.aborted) {
    const seen = ledger.changes.version();
    await ledger.plans.advance();
    await tell(deps);
    while (looks.size < LOOKS_MAX) {
      const due = await ledger.plans.takeLook(owner);
      if (due === undefined) break;
      const looking = lookOnce(deps, due, owner, signal).finally(() => looks.delete(looking));
      looks.add(looking);
    }
    const dueInMs = (await ledger.plans.nextDue()) - clock.now();
    // A look that another supervisor has taken is due and not ours: no reason to turn in circles.
    const atMostMs = dueInMs > 0 ? Math.min(IDLE_MS, dueInMs) : IDLE_MS;
    await Promise.race([...(looks.size === LOOKS_MAX ? looks : []), ledger.changes.past(seen, { signal, atMostMs })]);
  }
  await Promise.allSettled(looks);
}

async function lookOnce(
  { ledger, egress, log }: Deps,
  due: PlanLook,
  owner: string,
  signal: AbortSignal,
): Promise<void> {
  try {
    const looked = await look(egress(), due.wait, signal);
    await ledger.plans.looked(due, owner, looked);
  } catch (error) {
    // The lease runs out, and the page is looked at again.
    if (!isAbort(error)) log.error("a page was not looked at", { plan: due.plan, step: due.step, error });
  }
}

/** People asked for the plan, so they are told of it whatever the budget of messages is; but not at night. */
async function tell(deps: Deps): Promise<void> {
  const { ledger, clock, settings } = deps;
  const words = await ledger.plans.untold();
  if (words.length === 0) return;
  const { quietHours, timeZone } = settings();
  const night = inQuietHours(dayOf(clock.now(), timeZone).minute, quietHours);
  for (const word of words) if (word.plan.room === "" || !night) await tellOne(deps, word);
}

async function tellOne({ ledger }: Deps, word: PlanWord): Promise<void> {
  const { plan, key } = word;
  const story = await ledger.plans.get(plan.id);
  // Without a room it stands in the control room and in `kaos plans`, and nowhere else.
  if (story !== undefined && plan.room !== "") {
    const text = wordPlan(story, word);
    await ledger.deliveries.say({
      job: "plans",
      key,
      severity: "notable",
      agent: plan.agent,
      room: plan.room,
      text,
      state: "queued",
      because: "you have this plan",
      parts: partsOf(text),
    });
  }
  await ledger.plans.told(word);
}
