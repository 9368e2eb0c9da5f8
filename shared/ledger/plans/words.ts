/** What plans have to say to people: what was not said yet, and what was said and could not be delivered. */
import type { Clock } from "../../base/index.ts";
import type { Database } from "../../sqlite/index.ts";
import { askKey } from "./carry.ts";
import type { Plan } from "./plan-moves.ts";
import { type PlanRow, type PlanRows, planFrom } from "./rows.ts";

/** Something to say: once for each key, unless that failed. */
export type PlanWord = { plan: Plan; key: string; about: "question" | "stuck" | "ended"; step: string };

export interface Words {
  untold(): PlanWord[];
  told(word: PlanWord): void;
}

/** What could not be delivered is said again after this … */
const AGAIN_MS = 60 * 60_000;
/** … and the end of a plan no longer than so long after it. */
const END_TOLD_MS = 24 * 60 * 60_000;

type Asking = { plan: number; step: string; tries: number; asked: 0 | 1 };

/** Both are parts of a step of the ledger. */
export function createWords({ db, clock, rows }: { db: Database; clock: Clock; rows: PlanRows }): Words {
  const asking = db.prepare<[], Asking>(`
    SELECT plan, step, tries, asked FROM plan_steps JOIN plans ON plans.id = plan
    WHERE ended_at IS NULL AND plan_steps.state = 'waiting' AND wait ->> 'kind' = 'person' ORDER BY plan, place
  `);
  const untold = db.prepare<[], PlanRow>("SELECT * FROM plans WHERE told = 0 ORDER BY id");
  const recent = db.prepare<[number], PlanRow>(
    "SELECT * FROM plans WHERE told = 1 AND state <> 'active' AND coalesce(ended_at > ?, 1) ORDER BY id",
  );
  const unheard = db
    .prepare<[number], string>(
      "SELECT key FROM deliveries WHERE failure IS NOT NULL AND made_at <= ? AND job = 'plans'",
    )
    .pluck();
  const setTold = db.prepare("UPDATE plans SET told = 1 WHERE id = ?");
  const setAsked = db.prepare("UPDATE plan_steps SET asked = 1 WHERE plan = ? AND step = ?");

  function question({ plan: id, step, tries }: Asking): PlanWord | undefined {
    const plan = rows.plan(id);
    return plan && { plan, about: "question", step, key: askKey(id, step, tries) };
  }

  return {
    untold() {
      const now = clock.now();
      const again = new Set(unheard.all(now - AGAIN_MS));
      const questions = asking.all().flatMap((row) => {
        const word = question(row);
        return word !== undefined && (row.asked === 0 || again.has(word.key)) ? [word] : [];
      });
      const ends = again.size === 0 ? [] : recent.all(now - END_TOLD_MS).map(standing);
      return [...questions, ...untold.all().map(standing), ...ends.filter(({ key }) => again.has(key))];
    },
    told({ plan, about, step }) {
      if (about === "question") setAsked.run(plan.id, step);
      else setTold.run(plan.id);
    },
  };
}

function standing(row: PlanRow): PlanWord {
  const plan = planFrom(row);
  return plan.state === "stuck"
    ? { plan, about: "stuck", step: "", key: `plan ${plan.id} stuck ${plan.rounds}` }
    : { plan, about: "ended", step: "", key: `plan ${plan.id} ended` };
}
