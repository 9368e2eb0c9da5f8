/** Plans: written once, moved on by whoever keeps time, changed and answered by people; every step begins once a try. */
import { type Clock, stableId } from "../base/index.ts";
import type { Atomic, Database } from "../sqlite/index.ts";
import type { GiveNow } from "./assignments.ts";
import type { Tell } from "./events.ts";
import { type PlanDraft, problemsOf, type StepDraft } from "./plan-draft.ts";
import { movesOf, onwards, type Plan, type PlanFacts, type PlanMove, type PlanStep } from "./plan-moves.ts";

export type PlanEvent = { step: string; what: string; because: string; by: string; at: number };
export type PlanStory = Plan & { steps: readonly PlanStep[]; events: readonly PlanEvent[] };

/** What a plan has to say to people: once for each key. */
export type PlanWord = { plan: Plan; key: string; about: "question" | "stuck" | "ended"; step: string };

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

/** A look at a page for a step: taken by one supervisor at a time. */
export type PlanLook = { plan: number; step: string; wait: PlanStep["wait"] & object };
/** What a look brought. */
export type Looked =
  | { met: true; observed: string }
  | { met: false; because: string }
  /** The page could not be had, or has no such place. */
  | { failed: string };

export interface Plans {
  /** Keeps a plan that can be carried out; otherwise says, in sentences, why it cannot. */
  write(writing: PlanWriting): Promise<Planned>;
  /** Adds steps, or replaces those that have not begun or have failed; takes away those named. */
  edit(id: number, change: { put: readonly StepDraft[]; remove: readonly string[] }, by: string): Promise<Planned>;
  /** Goes on without this step. */
  skip(id: number, step: string, by: string): Promise<Planned>;
  /** Begins a failed or skipped step anew. */
  retry(id: number, step: string, by: string): Promise<Planned>;
  /** A person's word for a step that waits for one. */
  answer(id: number, step: string, text: string, by: string): Promise<Planned>;
  cancel(id: number, by: string, because: string): Promise<Planned>;
  /** Makes every move that is due. Any process may, at any time; returns how many were made. */
  advance(): Promise<number>;
  /** When the next wait for a time ends, or a page is to be looked at; Infinity when none is known. */
  nextDue(): Promise<number>;
  /** The next page to look at, leased to this caller. */
  takeLook(owner: string): Promise<PlanLook | undefined>;
  /** What the look brought; nothing when the lease was lost meanwhile. */
  looked(look: PlanLook, owner: string, looked: Looked): Promise<void>;
  /** What is to be told and was not yet. */
  untold(): Promise<PlanWord[]>;
  told(word: PlanWord): Promise<void>;
  get(id: number): Promise<PlanStory | undefined>;
  /** The plan that was written under this key. */
  find(key: string): Promise<PlanStory | undefined>;
  /** Open plans, newest first; with `ended` the others too. */
  list(how: { ended: boolean; limit: number }): Promise<PlanStory[]>;
}

type PlanRow = Omit<Plan, "sources" | "createdAt" | "changedAt" | "expiresAt" | "endedAt"> & {
  sources: string;
  told: number;
  created_at: number;
  changed_at: number;
  expires_at: number;
  ended_at: number | null;
};
type StepRow = Omit<PlanStep, "id" | "needs" | "wait" | "dueAt" | "changedAt"> & {
  step: string;
  place: number;
  needs: string;
  wait: string | null;
  after: number;
  due_at: number | null;
  misses: number;
  owner: string;
  lease_until: number;
  asked: number;
  changed_at: number;
};

/** Open plans of one agent. */
const OPEN_MAX = 20;
/** A look at a page takes less; a supervisor that died frees it so. */
const LOOK_LEASE_MS = 90_000;
/** Looks in a row that failed before a person is asked to look. */
const MISSES_MAX = 8;
/** An agent that is away has so long to come back and do its step. */
const STEP_DEADLINE_MS = 24 * 60 * 60_000;
const RESULT_CHARACTERS_MAX = 8_000;
/** Of what ended a wait, in the story of a plan; the step itself keeps all of it. */
const OBSERVED_CHARACTERS_MAX = 200;
const DAY_MS = 24 * 60 * 60_000;
const MINUTE_MS = 60_000;

/** The key of a step's assignment: another try is other work. */
const keyOf = (plan: number, step: string, tries: number) => `plan ${plan} step ${step} try ${tries}`;

type Deps = { db: Database; atomic: Atomic; clock: Clock; tell: Tell; give: GiveNow };

export function createPlans({ db, atomic: { read, write }, clock, tell, give }: Deps): Plans {
  const byKey = db.prepare<[string], PlanRow>("SELECT * FROM plans WHERE key = ?");
  const one = db.prepare<[number], PlanRow>("SELECT * FROM plans WHERE id = ?");
  const open = db.prepare<[], PlanRow>("SELECT * FROM plans WHERE ended_at IS NULL ORDER BY id");
  const openOf = db
    .prepare<[string], number>("SELECT count(*) FROM plans WHERE agent = ? AND ended_at IS NULL")
    .pluck();
  const latest = db.prepare<[number, number], PlanRow>(
    "SELECT * FROM plans WHERE ended_at IS NULL OR ? ORDER BY ended_at IS NOT NULL, id DESC LIMIT ?",
  );
  const insert = db.prepare<[Record<string, string | number>], PlanRow>(`
    INSERT INTO plans (key, agent, goal, room, by, sources, state, created_at, changed_at, expires_at)
    VALUES (@key, @agent, @goal, @room, @by, @sources, 'active', @now, @now, @expiresAt) RETURNING *
  `);
  const stepsOf = db.prepare<[number], StepRow>("SELECT * FROM plan_steps WHERE plan = ? ORDER BY place, step");
  const eventsOf = db.prepare<[number], PlanEvent>(
    "SELECT step, what, because, by, at FROM plan_events WHERE plan = ? ORDER BY id",
  );
  const putStep = db.prepare(`
    INSERT INTO plan_steps (plan, step, place, title, task, needs, wait, state, changed_at)
    VALUES (@plan, @step, @place, @title, @task, @needs, @wait, 'pending', @now)
    ON CONFLICT (plan, step) DO UPDATE SET title = @title, task = @task, needs = @needs, wait = @wait, state = 'pending',
      due_at = NULL, asked = 0, misses = 0, lease_until = 0, observed = '', result = '', because = '', changed_at = @now
  `);
  const removeStep = db.prepare("DELETE FROM plan_steps WHERE plan = ? AND step = ?");
  const setStep = db.prepare(`
    UPDATE plan_steps SET state = @state, observed = @observed, result = @result, because = @because, due_at = @dueAt,
      lease_until = 0, changed_at = @now
    WHERE plan = @plan AND step = @step
  `);
  const beginWait = db.prepare(`
    UPDATE plan_steps SET since = @now, after = (SELECT coalesce(max(seq), 0) FROM messages), tries = tries + 1, misses = 0,
      asked = 0
    WHERE plan = @plan AND step = @step
  `);
  const beginWork = db.prepare("UPDATE plan_steps SET tries = tries + 1 WHERE plan = ? AND step = ?");
  const setPlan = db.prepare(`
    UPDATE plans SET state = @state, because = @because, changed_at = @now, told = @told, rounds = rounds + @round,
      ended_at = CASE WHEN @state IN ('active', 'stuck') THEN NULL ELSE @now END
    WHERE id = @id
  `);
  const note = db.prepare("INSERT INTO plan_events (plan, step, what, because, by, at) VALUES (?, ?, ?, ?, ?, ?)");
  const assignment = db.prepare<[string], { state: string; result: string | null; because: string }>(
    "SELECT state, result, because FROM assignments WHERE key = ?",
  );
  const callBack = db.prepare(`
    UPDATE assignments SET state = 'dead', lease_until = 0, waits_for = NULL, because = @because, changed_at = @now
    WHERE key = @key AND state IN ('waiting', 'working')
  `);
  // The first word in the plan's room since the wait began, of the person it waits for.
  const reply = db.prepare<[Record<string, string | number>], { text: string; by: string }>(`
    SELECT text, sender_name AS by FROM messages
    WHERE room = @room AND seq > @after AND sender_kind <> 'agent' AND sender_kind <> 'stranger' AND deleted_at IS NULL
      AND (@from = '' OR sender_name = @from COLLATE NOCASE OR sender_id = @from)
    ORDER BY seq LIMIT 1
  `);
  // A person's question is answered by replying to it, wherever the transport has put it.
  const replyTo = db.prepare<[string], { text: string; by: string }>(`
    SELECT text, sender_name AS by FROM messages
    WHERE sender_kind IN ('owner', 'allowed') AND deleted_at IS NULL AND (room, reply_to) IN (
      SELECT outbox.room, sent_id FROM outbox JOIN deliveries ON deliveries.id = outbox.delivery
      WHERE deliveries.key = ? AND sent_id IS NOT NULL
    )
    ORDER BY seq LIMIT 1
  `);
  const nextDue = db
    .prepare<[], number | null>(`
      SELECT min(due_at) FROM plan_steps JOIN plans ON plans.id = plan WHERE ended_at IS NULL AND plan_steps.state = 'waiting'
    `)
    .pluck();
  const nextEnd = db.prepare<[], number | null>("SELECT min(expires_at) FROM plans WHERE ended_at IS NULL").pluck();
  const dueLook = db.prepare<[Record<string, number>], StepRow>(`
    SELECT plan_steps.* FROM plan_steps JOIN plans ON plans.id = plan
    WHERE ended_at IS NULL AND plan_steps.state = 'waiting' AND wait ->> 'kind' IN ('page', 'number')
      AND due_at <= @now AND NOT (lease_until > @now AND lease_until <= @now + ${LOOK_LEASE_MS})
    ORDER BY due_at LIMIT 1
  `);
  const lease = db.prepare(
    "UPDATE plan_steps SET owner = ?, lease_until = ?, checks = checks + 1 WHERE plan = ? AND step = ?",
  );
  const again = db.prepare(`
    UPDATE plan_steps SET due_at = @dueAt, misses = @misses, because = @because, lease_until = 0, changed_at = @now
    WHERE plan = @plan AND step = @step
  `);
  const untoldPlans = db.prepare<[], PlanRow>("SELECT * FROM plans WHERE told = 0 ORDER BY id");
  const unasked = db.prepare<[], { plan: number; step: string; tries: number }>(`
    SELECT plan, step, tries FROM plan_steps JOIN plans ON plans.id = plan
    WHERE ended_at IS NULL AND plan_steps.state = 'waiting' AND wait ->> 'kind' = 'person' AND asked = 0 ORDER BY plan, place
  `);
  const setTold = db.prepare("UPDATE plans SET told = 1 WHERE id = ?");
  const setAsked = db.prepare("UPDATE plan_steps SET asked = 1 WHERE plan = ? AND step = ?");

  const wordKey = (plan: number, step: string, tries: number) => `plan ${plan} asks ${step} ${tries}`;

  function factsOf(plan: Plan, rows: readonly StepRow[]): PlanFacts {
    const rowOf = (step: PlanStep) => rows.find((row) => row.step === step.id);
    return {
      now: clock.now(),
      endOf(step) {
        const ended = assignment.get(keyOf(plan.id, step.id, step.tries));
        if (ended?.state === "done") return { done: true, result: ended.result ?? "" };
        if (ended?.state === "dead" || ended?.state === "rejected") return { done: false, because: ended.because };
        return undefined;
      },
      saidFor(step) {
        const { wait, tries } = step;
        if (wait?.kind === "person") return replyTo.get(wordKey(plan.id, step.id, tries));
        if (wait?.kind !== "reply") return undefined;
        return reply.get({ room: plan.room, after: rowOf(step)?.after ?? 0, from: wait.from });
      },
    };
  }

  function happened(plan: number, step: string, what: string, because = "", by = ""): void {
    note.run(plan, step, what, because, by, clock.now());
    const agent = one.get(plan)?.agent;
    tell(`plan ${what}`, agent === undefined ? {} : { agent }, { plan, step, because });
  }

  function moveStep(
    row: StepRow,
    to: { state: PlanStep["state"]; observed?: string; result?: string; because?: string; dueAt?: number | null },
  ) {
    setStep.run({
      plan: row.plan,
      step: row.step,
      state: to.state,
      observed: to.observed ?? row.observed,
      result: (to.result ?? "").slice(0, RESULT_CHARACTERS_MAX),
      because: to.because ?? "",
      dueAt: to.dueAt ?? null,
      now: clock.now(),
    });
  }

  function make(plan: Plan, move: PlanMove): void {
    if (move.move === "state") {
      makeState(plan, move.state, move.because);
      return;
    }
    const row = stepsOf.all(plan.id).find(({ step }) => step === move.step);
    if (row === undefined) return;
    switch (move.move) {
      case "wait":
        beginWait.run({ plan: plan.id, step: row.step, now: clock.now() });
        moveStep(row, { state: "waiting", dueAt: move.dueAt });
        happened(plan.id, row.step, "waits");
        break;
      case "work":
        beginWorkOf(plan, row, move);
        break;
      case "done":
        moveStep(row, { state: "done", observed: move.observed, result: move.result });
        happened(plan.id, row.step, "done", "", move.by);
        break;
      case "fail":
        moveStep(row, { state: "failed", because: move.because });
        happened(plan.id, row.step, "failed", move.because);
        break;
    }
  }

  /** The agent gets the step as an assignment in the same step of the ledger, so that it is given once. */
  function beginWorkOf(plan: Plan, row: StepRow, { observed, by }: Extract<PlanMove, { move: "work" }>): void {
    beginWork.run(plan.id, row.step);
    moveStep(row, { state: "working", observed });
    happened(plan.id, row.step, "begun", observed.slice(0, OBSERVED_CHARACTERS_MAX), by);
    const given = give({
      key: keyOf(plan.id, row.step, row.tries + 1),
      kind: "step",
      agent: plan.agent,
      giver: "swarm",
      sources: plan.sources,
      task: JSON.stringify({ plan: plan.id, step: row.step }),
      deadlineAt: clock.now() + STEP_DEADLINE_MS,
    });
    if (!given.given) make(plan, { move: "fail", step: row.step, because: given.because });
  }

  function makeState(plan: Plan, state: Plan["state"], because: string, by = ""): void {
    const stuck = state === "stuck";
    setPlan.run({
      id: plan.id,
      state,
      because,
      now: clock.now(),
      told: state === "active" ? 1 : 0,
      round: stuck ? 1 : 0,
    });
    if (state !== "active" && state !== "stuck")
      for (const row of stepsOf.all(plan.id)) callBackOf(row, `the plan is ${state}`);
    happened(plan.id, "", state, because, by);
  }

  function callBackOf({ plan, step, tries, state }: StepRow, because: string): void {
    if (state === "working") callBack.run({ key: keyOf(plan, step, tries), because, now: clock.now() });
  }

  /** What a person does to a step of an open plan. */
  function withStep(id: number, step: string, change: (plan: Plan, row: StepRow) => string | undefined): Planned {
    const plan = planOf(id);
    if (plan === undefined) return no(`There is no plan ${id}.`);
    if (plan.endedAt !== null) return no(`Plan ${id} is ${plan.state} already.`);
    const row = stepsOf.all(id).find((one) => one.step === step);
    if (row === undefined) {
      const steps = stepsOf.all(id).map((one) => one.step);
      return no(`Plan ${id} has no step ${step}; it has ${steps.join(", ")}.`);
    }
    const because = change(plan, row);
    return because === undefined ? planned(id) : no(because);
  }

  function advanceAll(): number {
    let made = 0;
    for (const { id } of open.all()) {
      // Each round makes what the round before has made due: no step is begun twice, so it ends.
      for (let moves = dueOf(id); moves.length > 0; moves = dueOf(id)) {
        const plan = planOf(id);
        if (plan === undefined) break;
        for (const move of moves) make(plan, move);
        made += moves.length;
      }
    }
    return made;
  }

  function dueOf(id: number): PlanMove[] {
    const plan = planOf(id);
    if (plan === undefined) return [];
    const rows = stepsOf.all(id);
    return movesOf(plan, rows.map(stepOf), factsOf(plan, rows));
  }

  const advanceNow = write(advanceAll);
  const anyDue = read(() => open.all().some(({ id }) => dueOf(id).length > 0));

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
      if (row === undefined) throw new Error("INSERT … RETURNING returned no row");
      for (const [place, step] of draft.steps.entries()) putStep.run(rowOf(row.id, place, step, now));
      happened(row.id, "", "written", draft.goal, by);
      return planned(row.id);
    }),
    edit: write((id: number, { put, remove }: Parameters<Plans["edit"]>[1], by: string): Planned => {
      const plan = planOf(id);
      if (plan === undefined) return no(`There is no plan ${id}.`);
      if (plan.endedAt !== null) return no(`Plan ${id} is ${plan.state} already.`);
      const rows = stepsOf.all(id);
      for (const name of [...put.map((step) => step.id), ...remove]) {
        const row = rows.find(({ step }) => step === name);
        if (row === undefined && remove.includes(name)) return no(`Plan ${id} has no step ${name}.`);
        if (row !== undefined && !["pending", "waiting", "failed"].includes(row.state))
          return no(`The step ${name} is ${row.state} already; what has begun is not rewritten.`);
      }
      const kept = rows.filter(({ step }) => !remove.includes(step) && !put.some((one) => one.id === step));
      // What has ended may have waited for a time that is past: it is not judged again.
      const judged = [
        ...kept.map((row) => ({ ...draftOf(stepOf(row)), ...(isOver(row) ? { wait: undefined } : {}) })),
        ...put,
      ];
      const days = Math.max(1, Math.floor((plan.expiresAt - clock.now()) / DAY_MS));
      const steps = judged.map((step) =>
        step.task === "" && step.wait === undefined ? { ...step, task: "over" } : step,
      );
      const problems = problemsOf({ steps: steps as StepDraft[], days }, clock.now());
      if (problems.length > 0) return no(problems.join(" "));
      const last = Math.max(-1, ...rows.map(({ place }) => place));
      for (const name of remove) removeStep.run(id, name);
      for (const [at, step] of put.entries()) {
        const place = rows.find((row) => row.step === step.id)?.place ?? last + 1 + at;
        putStep.run(rowOf(id, place, step, clock.now()));
      }
      const names = [...put.map((step) => step.id), ...remove.map((name) => `without ${name}`)];
      happened(id, "", "edited", names.join(", "), by);
      return planned(id);
    }),
    skip: write((id: number, step: string, by: string) =>
      withStep(id, step, (_plan, row) => {
        if (row.state === "done" || row.state === "skipped") return `The step ${step} is ${row.state} already.`;
        callBackOf(row, "a person skipped the step");
        moveStep(row, { state: "skipped" });
        happened(id, step, "skipped", "", by);
        return undefined;
      }),
    ),
    retry: write((id: number, step: string, by: string) =>
      withStep(id, step, (_plan, row) => {
        if (row.state !== "failed" && row.state !== "skipped")
          return `The step ${step} is ${row.state}; only what failed or was skipped is tried again.`;
        moveStep(row, { state: "pending", observed: "" });
        happened(id, step, "retried", "", by);
        return undefined;
      }),
    ),
    answer: write((id: number, step: string, text: string, by: string) =>
      withStep(id, step, (plan, row) => {
        const { wait } = stepOf(row);
        if (row.state !== "waiting" || (wait?.kind !== "person" && wait?.kind !== "reply"))
          return `The step ${step} does not wait for anybody's word now; it is ${row.state}.`;
        if (text.trim() === "") return "Say something: the step goes on with your words.";
        make(plan, onwards({ id: step, task: row.task }, text.trim(), by));
        return undefined;
      }),
    ),
    cancel: write((id: number, by: string, because: string): Planned => {
      const plan = planOf(id);
      if (plan === undefined) return no(`There is no plan ${id}.`);
      if (plan.endedAt !== null) return no(`Plan ${id} is ${plan.state} already.`);
      makeState(plan, "cancelled", because, by);
      return planned(id);
    }),
    // Looking is a read; only what is due takes the write lock.
    advance: async () => ((await anyDue()) ? advanceNow() : 0),
    nextDue: read(() => Math.min(nextDue.get() ?? Number.POSITIVE_INFINITY, nextEnd.get() ?? Number.POSITIVE_INFINITY)),
    takeLook: write((owner: string) => {
      const row = dueLook.get({ now: clock.now() });
      const wait = row === undefined ? null : stepOf(row).wait;
      if (row === undefined || wait === null) return undefined;
      lease.run(owner, clock.now() + LOOK_LEASE_MS, row.plan, row.step);
      return { plan: row.plan, step: row.step, wait };
    }),
    looked: write(({ plan: id, step }: PlanLook, owner: string, looked: Looked) => {
      const plan = planOf(id);
      const row = stepsOf.all(id).find((one) => one.step === step);
      if (plan === undefined || plan.endedAt !== null || row?.state !== "waiting") return;
      if (row.owner !== owner || row.lease_until === 0) return;
      const { wait } = stepOf(row);
      if (wait?.kind !== "page" && wait?.kind !== "number") return;
      if ("met" in looked && looked.met) {
        make(plan, onwards({ id: step, task: row.task }, looked.observed, ""));
        return;
      }
      const misses = "failed" in looked ? row.misses + 1 : 0;
      const because = "failed" in looked ? looked.failed : looked.because;
      if (misses >= MISSES_MAX) {
        make(plan, { move: "fail", step, because: `looked ${misses} times in a row: ${because}` });
        return;
      }
      const dueAt = clock.now() + wait.everyMinutes * MINUTE_MS;
      again.run({ plan: id, step, dueAt, misses, because, now: clock.now() });
    }),
    untold: read(() => [
      ...unasked.all().flatMap(({ plan: id, step, tries }): PlanWord[] => {
        const plan = planOf(id);
        return plan === undefined ? [] : [{ plan, about: "question", step, key: wordKey(id, step, tries) }];
      }),
      ...untoldPlans.all().map((row): PlanWord => {
        const plan = planFrom(row);
        return plan.state === "stuck"
          ? { plan, about: "stuck", step: "", key: `plan ${plan.id} stuck ${plan.rounds}` }
          : { plan, about: "ended", step: "", key: `plan ${plan.id} ended` };
      }),
    ]),
    told: write(({ plan, about, step }: PlanWord) => {
      if (about === "question") setAsked.run(plan.id, step);
      else setTold.run(plan.id);
    }),
    get: read(storyOf),
    find: read((key: string) => {
      const row = byKey.get(key);
      return row === undefined ? undefined : storyOf(row.id);
    }),
    list: read(({ ended, limit }: { ended: boolean; limit: number }) =>
      latest.all(Number(ended), limit).flatMap(({ id }) => storyOf(id) ?? []),
    ),
  };

  function planOf(id: number): Plan | undefined {
    const row = one.get(id);
    return row === undefined ? undefined : planFrom(row);
  }

  function storyOf(id: number): PlanStory | undefined {
    const plan = planOf(id);
    return plan === undefined ? undefined : { ...plan, steps: stepsOf.all(id).map(stepOf), events: eventsOf.all(id) };
  }

  function planned(id: number): Planned {
    const plan = storyOf(id);
    return plan === undefined ? no(`There is no plan ${id}.`) : { planned: true, plan };
  }
}

/** A key for a plan that a person writes by hand, each time another. */
export function planKey(by: string, at: number, goal: string): string {
  return stableId("plan", by, at, goal);
}

function rowOf(plan: number, place: number, { id, title, task, needs, wait }: StepDraft, now: number) {
  const written = wait === undefined ? null : JSON.stringify(wait);
  return { plan, step: id, place, title, task: task.trim(), needs: JSON.stringify(needs), wait: written, now };
}

function isOver({ state }: StepRow): boolean {
  return state !== "pending";
}

/** A step as it was written. */
export function draftOf({ id, title, task, needs, wait }: PlanStep): StepDraft {
  return { id, title, task, needs: [...needs], ...(wait === null ? {} : { wait }) };
}

function stepOf({ step, needs, wait, due_at, changed_at, plan, title, task, state, ...row }: StepRow): PlanStep {
  const { tries, since, checks, observed, result, because } = row;
  return {
    plan,
    id: step,
    title,
    task,
    needs: JSON.parse(needs) as string[],
    wait: wait === null ? null : (JSON.parse(wait) as PlanStep["wait"]),
    state,
    tries,
    since,
    dueAt: due_at,
    checks,
    observed,
    result,
    because,
    changedAt: changed_at,
  };
}

function planFrom({ sources, told: _, created_at, changed_at, expires_at, ended_at, ...row }: PlanRow): Plan {
  return {
    ...row,
    sources: JSON.parse(sources) as Plan["sources"],
    createdAt: created_at,
    changedAt: changed_at,
    expiresAt: expires_at,
    endedAt: ended_at,
  };
}

function no(because: string): Planned {
  return { planned: false, because };
}
