/** Plans: written once, moved on by whoever keeps time, changed and answered by people; every step begins once a try. */
import { assert, type Clock, stableId } from "../../base/index.ts";
import type { Atomic, Database } from "../../sqlite/index.ts";
import type { GiveNow } from "../assignments/give.ts";
import type { Tell } from "../events.ts";
import { maybe } from "../maybe.ts";
import { createCarry } from "./carry.ts";
import { createLooks, type Looked, type PlanLook } from "./looks.ts";
import { type PlanDraft, problemsOf, type StepDraft } from "./plan-draft.ts";
import { onwards, type Plan } from "./plan-moves.ts";
import { draftOf, type PlanRow, type PlanStory, planFrom, readPlans, rowOf, type StepRow, stepOf } from "./rows.ts";
import { createWords, type PlanWord } from "./words.ts";

/** Something that only a person can decide. */
export type PlanWaits = { plan: number; agent: string; goal: string; what: string };

export type PlanWriting = {
  /** The same key is the same plan: writing it again returns what is there. */
  key: string;
  agent: string;
  room: string;
  by: string;
  sources: Plan["sources"];
  draft: PlanDraft;
};

export type Planned = { planned: true; plan: PlanStory } | { planned: false; because: string };

/** Whose text was in the turn that changes a plan; what a person does with their own hands has none. */
type PlanSources = Plan["sources"];

/** A plan's sources grow with those of each change: its later steps have the authority of whoever led to them. */
export interface Plans {
  /** Keeps a plan that can be carried out; otherwise says, in sentences, why it cannot. */
  write(writing: PlanWriting): Promise<Planned>;
  /** Adds steps, or replaces those that have not begun or have failed; takes away those named. */
  edit(
    id: number,
    change: { put: readonly StepDraft[]; remove: readonly string[] },
    by: string,
    sources?: PlanSources,
  ): Promise<Planned>;
  /** Goes on without this step. */
  skip(id: number, step: string, by: string, sources?: PlanSources): Promise<Planned>;
  /** Begins a failed or skipped step anew. */
  retry(id: number, step: string, by: string, sources?: PlanSources): Promise<Planned>;
  /** A person's word for a step that waits for one. */
  answer(id: number, step: string, text: string, by: string, sources?: PlanSources): Promise<Planned>;
  cancel(id: number, by: string, because: string): Promise<Planned>;
  /** Makes every move that is due. Any process may, at any time; returns how many were made. */
  advance(): Promise<number>;
  /** When the next wait for a time ends, or a page is to be looked at; Infinity when none is known. */
  nextDue(): Promise<number>;
  /** The next page to look at, leased to this caller. */
  takeLook(owner: string): Promise<PlanLook | undefined>;
  /** What the look brought; nothing when the lease was lost meanwhile. */
  looked(look: PlanLook, owner: string, looked: Looked): Promise<void>;
  /** What is to be told and was not yet, or could not be an hour ago. */
  untold(): Promise<PlanWord[]>;
  told(word: PlanWord): Promise<void>;
  get(id: number): Promise<PlanStory | undefined>;
  /** The plan that was written under this key. */
  find(key: string): Promise<PlanStory | undefined>;
  /** Open plans, newest first; with `ended` the others too. */
  list(how: { ended: boolean; limit: number }): Promise<PlanStory[]>;
  /** The plans that ended last, without their steps. */
  ended(limit: number): Promise<Plan[]>;
  /** What of the open plans waits for a person: questions of steps, and plans that go no further by themselves; newest plan first. */
  waits(): Promise<PlanWaits[]>;
}

/** Open plans of one agent. */
const OPEN_MAX = 20;
const DAY_MS = 24 * 60 * 60_000;

type Deps = { db: Database; atomic: Atomic; clock: Clock; tell: Tell; give: GiveNow };

export function createPlans({ db, atomic: { read, write }, clock, tell, give }: Deps): Plans {
  const rows = readPlans(db);
  const carry = createCarry({ db, clock, tell, give, rows });
  const looks = createLooks({ db, clock, rows, carry });
  const words = createWords({ db, clock, rows });
  const { make, makeState, moveStep, callBack, happened } = carry;
  const byKey = db.prepare<[string], PlanRow>("SELECT * FROM plans WHERE key = ?");
  const open = db.prepare<[], PlanRow>("SELECT * FROM plans WHERE ended_at IS NULL ORDER BY id");
  const openOf = db
    .prepare<[string], number>("SELECT count(*) FROM plans WHERE agent = ? AND ended_at IS NULL")
    .pluck();
  const latest = db.prepare<[number, number], PlanRow>(
    "SELECT * FROM plans WHERE ended_at IS NULL OR ? ORDER BY ended_at IS NOT NULL, id DESC LIMIT ?",
  );
  const ended = db.prepare<[number], PlanRow>(
    "SELECT * FROM plans WHERE ended_at IS NOT NULL ORDER BY id DESC LIMIT ?",
  );
  const waits = db.prepare<[], PlanWaits>(`
    SELECT plan, agent, goal, what FROM (
      SELECT id AS plan, agent, goal, because AS what, -1 AS place FROM plans WHERE ended_at IS NULL AND state = 'stuck'
      UNION ALL
      SELECT plan, agent, goal, wait ->> 'question', place FROM plans JOIN plan_steps ON plan = plans.id
      WHERE ended_at IS NULL AND plan_steps.state = 'waiting' AND wait ->> 'kind' = 'person'
    ) ORDER BY plan DESC, place
  `);
  const insert = db.prepare<[Record<string, string | number>], PlanRow>(`
    INSERT INTO plans (key, agent, goal, room, by, sources, state, created_at, changed_at, expires_at)
    VALUES (@key, @agent, @goal, @room, @by, @sources, 'active', @now, @now, @expiresAt) RETURNING *
  `);
  const putStep = db.prepare(`
    INSERT INTO plan_steps (plan, step, place, title, task, needs, wait, state, changed_at)
    VALUES (@plan, @step, @place, @title, @task, @needs, @wait, 'pending', @now)
    ON CONFLICT (plan, step) DO UPDATE SET title = @title, task = @task, needs = @needs, wait = @wait, state = 'pending',
      due_at = NULL, asked = 0, misses = 0, lease_until = 0, observed = '', result = '', because = '', changed_at = @now
  `);
  const setSources = db.prepare("UPDATE plans SET sources = ? WHERE id = ?");
  const removeStep = db.prepare("DELETE FROM plan_steps WHERE plan = ? AND step = ?");
  const nextDue = db
    .prepare<[], number | null>(`
      SELECT min(due_at) FROM plan_steps JOIN plans ON plans.id = plan WHERE ended_at IS NULL AND plan_steps.state = 'waiting'
    `)
    .pluck();
  const nextEnd = db.prepare<[], number | null>("SELECT min(expires_at) FROM plans WHERE ended_at IS NULL").pluck();

  /** The plan with this text in it as well. */
  function entered(plan: Plan, added: PlanSources = []): Plan {
    const isKnown = (one: PlanSources[number]) =>
      plan.sources.some(({ label, from }) => label === one.label && from === one.from);
    const sources = [...plan.sources, ...added.filter((one) => !isKnown(one))];
    if (sources.length > plan.sources.length) setSources.run(JSON.stringify(sources), plan.id);
    return { ...plan, sources };
  }

  /** What a person does to a step of an open plan. */
  function withStep(id: number, step: string, change: (plan: Plan, row: StepRow) => string | undefined): Planned {
    const plan = rows.plan(id);
    if (plan === undefined) return no(`There is no plan ${id}.`);
    if (plan.endedAt !== null) return no(`Plan ${id} is ${plan.state} already.`);
    const row = rows.step(id, step);
    if (row === undefined) {
      const steps = rows.steps(id).map((one) => one.step);
      return no(`Plan ${id} has no step ${step}; it has ${steps.join(", ")}.`);
    }
    const because = change(plan, row);
    return because === undefined ? planned(id) : no(because);
  }

  function advanceAll(): number {
    let made = 0;
    for (const { id } of open.all()) {
      // Each round makes what the round before has made due: no step is begun twice, so it ends.
      for (let moves = carry.due(id); moves.length > 0; moves = carry.due(id)) {
        const plan = rows.plan(id);
        if (plan === undefined) break;
        for (const move of moves) make(plan, move);
        made += moves.length;
      }
    }
    return made;
  }

  const advanceNow = write(advanceAll);
  const anyDue = read(() => open.all().some(({ id }) => carry.due(id).length > 0));

  return {
    write: write(({ key, agent, room, by, sources, draft }: PlanWriting): Planned => {
      const known = byKey.get(key);
      if (known !== undefined) return planned(known.id);
      const now = clock.now();
      const problems = problemsOf(draft, now);
      if (problems.length > 0) return no(problems.join(" "));
      if ((openOf.get(agent) ?? 0) >= OPEN_MAX)
        return no(`${agent} has ${OPEN_MAX} open plans already. Cancel one that nobody needs any more.`);
      const expiresAt = now + draft.days * DAY_MS;
      const row = insert.get({
        key,
        agent,
        goal: draft.goal,
        room,
        by,
        sources: JSON.stringify(sources),
        now,
        expiresAt,
      });
      assert(row !== undefined, "a plan that is inserted is returned");
      for (const [place, step] of draft.steps.entries()) putStep.run(rowOf(row.id, place, step, now));
      happened(row.id, "", "written", draft.goal, by);
      return planned(row.id);
    }),
    edit: write((...[id, { put, remove }, by, sources]: Parameters<Plans["edit"]>): Planned => {
      const plan = rows.plan(id);
      if (plan === undefined) return no(`There is no plan ${id}.`);
      if (plan.endedAt !== null) return no(`Plan ${id} is ${plan.state} already.`);
      const now = rows.steps(id);
      for (const name of [...put.map((step) => step.id), ...remove]) {
        const row = now.find(({ step }) => step === name);
        if (row === undefined && remove.includes(name)) return no(`Plan ${id} has no step ${name}.`);
        if (row !== undefined && !["pending", "waiting", "failed"].includes(row.state))
          return no(`The step ${name} is ${row.state} already; what has begun is not rewritten.`);
      }
      const kept = now.filter(({ step }) => !remove.includes(step) && !put.some((one) => one.id === step));
      if (kept.length + put.length === 0) return no(`Plan ${id} would have no step left; cancel it instead.`);
      const days = Math.max(1, Math.floor((plan.expiresAt - clock.now()) / DAY_MS));
      const begun = kept.filter(({ state }) => state !== "pending").map((row) => draftOf(stepOf(row)));
      const steps = [...kept.filter(({ state }) => state === "pending").map((row) => draftOf(stepOf(row))), ...put];
      const problems = problemsOf({ steps, days, begun }, clock.now());
      if (problems.length > 0) return no(problems.join(" "));
      entered(plan, sources);
      const last = Math.max(-1, ...now.map(({ place }) => place));
      for (const name of remove) removeStep.run(id, name);
      for (const [at, step] of put.entries()) {
        const place = now.find((row) => row.step === step.id)?.place ?? last + 1 + at;
        putStep.run(rowOf(id, place, step, clock.now()));
      }
      const names = [...put.map((step) => step.id), ...remove.map((name) => `without ${name}`)];
      happened(id, "", "edited", names.join(", "), by);
      return planned(id);
    }),
    skip: write((id: number, step: string, by: string, sources?: PlanSources) =>
      withStep(id, step, (plan, row) => {
        if (row.state === "done" || row.state === "skipped") return `The step ${step} is ${row.state} already.`;
        entered(plan, sources);
        callBack(row, "a person skipped the step");
        moveStep(row, { state: "skipped" });
        happened(id, step, "skipped", "", by);
        return undefined;
      }),
    ),
    retry: write((id: number, step: string, by: string, sources?: PlanSources) =>
      withStep(id, step, (plan, row) => {
        if (row.state !== "failed" && row.state !== "skipped")
          return `The step ${step} is ${row.state}; only what failed or was skipped is tried again.`;
        entered(plan, sources);
        moveStep(row, { state: "pending", observed: "" });
        happened(id, step, "retried", "", by);
        return undefined;
      }),
    ),
    answer: write((id: number, step: string, text: string, by: string, sources?: PlanSources) =>
      withStep(id, step, (plan, row) => {
        const { wait } = stepOf(row);
        if (row.state !== "waiting" || (wait?.kind !== "person" && wait?.kind !== "reply"))
          return `The step ${step} does not wait for anybody's word now; it is ${row.state}.`;
        if (text.trim() === "") return "Say something: the step goes on with your words.";
        make(entered(plan, sources), onwards({ id: step, task: row.task }, text.trim(), by));
        return undefined;
      }),
    ),
    cancel: write((id: number, by: string, because: string): Planned => {
      const plan = rows.plan(id);
      if (plan === undefined) return no(`There is no plan ${id}.`);
      if (plan.endedAt !== null) return no(`Plan ${id} is ${plan.state} already.`);
      makeState(plan, "cancelled", because, by);
      return planned(id);
    }),
    // Looking is a read; only what is due takes the write lock.
    advance: async () => ((await anyDue()) ? advanceNow() : 0),
    nextDue: read(() => Math.min(nextDue.get() ?? Number.POSITIVE_INFINITY, nextEnd.get() ?? Number.POSITIVE_INFINITY)),
    takeLook: write(looks.take),
    looked: write(looks.looked),
    untold: read(words.untold),
    told: write(words.told),
    get: read(rows.story),
    find: read((key: string) => maybe(byKey.get(key), ({ id }) => rows.story(id))),
    list: read(({ ended: all, limit }: { ended: boolean; limit: number }) =>
      latest.all(Number(all), limit).flatMap(({ id }) => rows.story(id) ?? []),
    ),
    ended: read((limit: number) => ended.all(limit).map(planFrom)),
    waits: read(() => waits.all()),
  };

  function planned(id: number): Planned {
    const plan = rows.story(id);
    return plan === undefined ? no(`There is no plan ${id}.`) : { planned: true, plan };
  }
}

/** A key for a plan that a person writes by hand: the same words on the same occasion, a moment or a form, are one plan. */
export function planKey(by: string, occasion: number | string, words: string): string {
  return stableId("plan", by, occasion, words);
}

function no(because: string): Planned {
  return { planned: false, because };
}
