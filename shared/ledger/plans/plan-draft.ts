/** A plan as it is written: steps with what each needs and waits for, checked before anything of it is kept. */
import { z } from "zod";

/** Steps of one plan. What needs more is several plans. */
const STEPS_MAX = 30;
/** A page is not looked at more often than this. */
const EVERY_MINUTES_MIN = 5;
const EVERY_MINUTES = 60;
/** A plan that has not ended by then is closed; somebody else must have carried on. */
const DAYS = 90;
const DAYS_MAX = 365;
const MINUTES_PER_DAY = 24 * 60;
const MINUTE_MS = 60_000;
/** A time this little in the past is one that passed while the plan was written. */
const PAST_GRACE_MS = 5 * MINUTE_MS;

const everyMinutes = z
  .int()
  .min(EVERY_MINUTES_MIN)
  .max(7 * MINUTES_PER_DAY)
  .default(EVERY_MINUTES);
const url = z.string().min(1).max(2_000).describe("a whole address, https://…");

/** What a step may wait for. */
export const waitShape = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("time"),
    at: z.string().max(40).describe("ISO time with zone, 2026-03-01T09:00+01:00"),
  }),
  z.strictObject({
    kind: z.literal("delay"),
    minutes: z
      .int()
      .min(1)
      .max(DAYS_MAX * MINUTES_PER_DAY),
  }),
  z.strictObject({ kind: z.literal("person"), question: z.string().trim().min(1).max(500) }),
  z.strictObject({
    kind: z.literal("reply"),
    from: z.string().max(100).default("").describe("a name; empty: anybody"),
  }),
  z.strictObject({
    kind: z.literal("page"),
    url,
    says: z.string().max(200).describe("words on the page; * stands for anything within a line"),
    gone: z.boolean().default(false).describe("true: waits until the page says it no longer"),
    everyMinutes,
  }),
  z.strictObject({
    kind: z.literal("number"),
    url,
    after: z.string().max(200).describe("words before the number; empty: the first number of the page"),
    is: z.enum(["above", "below"]),
    value: z.number(),
    everyMinutes,
  }),
]);
export type PlanWait = z.output<typeof waitShape>;

/** One step: what it needs, what it waits for, and what the agent then does. */
export const stepShape = z.strictObject({
  id: z.string().regex(/^[a-z][a-z0-9-]{0,30}$/u, "small letters, digits and hyphens, like ask-landlord"),
  title: z.string().trim().min(1).max(120),
  task: z.string().max(4_000).default("").describe("what you will do then; empty when waiting is all of it"),
  needs: z.array(z.string().max(31)).max(STEPS_MAX).default([]).describe("ids of steps that must have succeeded"),
  wait: waitShape.optional(),
});
export type StepDraft = z.output<typeof stepShape>;

/** A whole plan. */
export const planShape = z.strictObject({
  goal: z.string().trim().min(1).max(300),
  steps: z.array(stepShape).min(1).max(STEPS_MAX),
  days: z.int().min(1).max(DAYS_MAX).default(DAYS).describe("after so many days it is closed, done or not"),
});
export type PlanDraft = z.output<typeof planShape>;

type Written = Pick<PlanDraft, "steps" | "days"> & {
  /** Steps that have begun. They may have waited for a time that is past, so they are not judged by themselves again. */
  begun?: readonly StepDraft[];
};

/** What is wrong with a plan, a sentence each; empty when it can be carried out. `now` is when it begins. */
export function problemsOf({ steps, days, begun = [] }: Written, now: number): string[] {
  const all = [...begun, ...steps];
  const ids = new Set(all.map(({ id }) => id));
  const twice = all.filter(({ id }, at) => all.findIndex((one) => one.id === id) !== at);
  return [
    ...(all.length > STEPS_MAX ? [`A plan has at most ${STEPS_MAX} steps; this one would have ${all.length}.`] : []),
    ...twice.map(({ id }) => `Two steps are called ${id}.`),
    ...steps.flatMap((step) => problemsOfStep(step, ids, now, now + days * MINUTES_PER_DAY * MINUTE_MS)),
    ...begun.flatMap((step) => unknownNeeds(step, ids)),
    ...circlesIn(all),
  ];
}

function problemsOfStep({ id, task, needs, wait }: StepDraft, ids: ReadonlySet<string>, now: number, end: number) {
  return [
    ...(task.trim() === "" && wait === undefined
      ? [`The step ${id} does nothing: write a task, or what it waits for.`]
      : []),
    ...unknownNeeds({ id, needs }, ids),
    ...(needs.includes(id) ? [`The step ${id} needs itself.`] : []),
    ...(wait === undefined ? [] : problemsOfWait(wait, now, end).map((problem) => `The step ${id} ${problem}.`)),
  ];
}

function unknownNeeds({ id, needs }: Pick<StepDraft, "id" | "needs">, ids: ReadonlySet<string>): string[] {
  return needs
    .filter((need) => !ids.has(need))
    .map((need) => `The step ${id} needs ${need}, and there is no such step.`);
}

/** Why this wait can never end, or not before the plan does; a part of a sentence each. */
function problemsOfWait(wait: PlanWait, now: number, end: number): string[] {
  switch (wait.kind) {
    case "time": {
      const at = timeIn(wait.at);
      if (at === undefined) return [`waits for “${wait.at}”, which is no time with a zone like 2026-03-01T09:00+01:00`];
      if (at < now - PAST_GRACE_MS) return [`waits for ${wait.at}, which is past`];
      return at > end ? [`waits for ${wait.at}, when the plan is closed already; give it more days`] : [];
    }
    case "delay":
      return now + wait.minutes * MINUTE_MS > end
        ? ["waits longer than the whole plan may take; give the plan more days"]
        : [];
    case "page":
      return [
        ...addressProblem(wait.url),
        ...(wait.says.replaceAll("*", "").trim() === "" ? ["waits for words, and names none"] : []),
      ];
    case "number":
      return [...addressProblem(wait.url), ...(Number.isFinite(wait.value) ? [] : ["compares with no number"])];
    case "person":
    case "reply":
      return [];
  }
}

function addressProblem(address: string): string[] {
  return /^https?:$/u.test(URL.parse(address)?.protocol ?? "")
    ? []
    : [`looks at “${address}”, which is no address like https://example.com/page`];
}

/** Milliseconds of an ISO time that says its zone; undefined for anything else. */
export function timeIn(text: string): number | undefined {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)$/u.test(text)) return undefined;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : at;
}

/** Steps that wait for each other, as a person can follow them: “a → b → a”. Each circle once. */
function circlesIn(steps: readonly StepDraft[]): string[] {
  const needsOf = new Map(steps.map(({ id, needs }) => [id, needs.filter((need) => need !== id)]));
  const clear = new Set<string>();
  const circles: string[] = [];
  const walk = (id: string, path: readonly string[]): void => {
    const from = path.indexOf(id);
    if (from !== -1) {
      circles.push(`These steps wait for each other: ${[...path.slice(from), id].join(" → ")}.`);
      return;
    }
    if (clear.has(id)) return;
    for (const need of needsOf.get(id) ?? []) walk(need, [...path, id]);
    clear.add(id);
  };
  for (const { id } of steps) walk(id, []);
  return circles;
}

/** What a step waits for, as a part of a sentence. */
export function tellWait(wait: PlanWait): string {
  switch (wait.kind) {
    case "time":
      return wait.at;
    case "delay":
      return wait.minutes % 60 === 0 ? `${wait.minutes / 60} h` : `${wait.minutes} min`;
    case "person":
      return `a person’s word: ${wait.question}`;
    case "reply":
      return wait.from === "" ? "a reply" : `a reply of ${wait.from}`;
    case "page":
      return `${wait.url} ${wait.gone ? "to no longer say" : "to say"} “${wait.says}”`;
    case "number":
      return `the number${wait.after === "" ? "" : ` after “${wait.after}”`} on ${wait.url} to be ${wait.is} ${wait.value}`;
  }
}
