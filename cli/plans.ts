/** `kaos plans …`: work that takes days; what each step waits for, and a person's hand on it. */
import { readFileSync } from "node:fs";
import { text as readAll } from "node:stream/consumers";
import { z } from "zod";
import { messageOf } from "../shared/base/index.ts";
import {
  type Ledger,
  type PlanStory,
  type PlanWritten,
  planKey,
  planShape,
  stepShape,
  YOU,
} from "../shared/ledger/index.ts";
import { readAutomations } from "../supervisor/automations.ts";
import { type Define, examples } from "./command.ts";
import type { Context } from "./context.ts";
import { CommandFailed, WrongUsage } from "./failures.ts";
import { tellPlan, tellPlans } from "./plans/tell-plan.ts";
import { chooseNames, readRoster } from "./processes/choose.ts";
import { withLedger } from "./with-ledger.ts";

const LISTED_MAX = 100;
const JSON_OUT = ["--json", "print it as JSON"] as const;

type Options = { json?: boolean; agent?: string; room?: string; all?: boolean };

/** What an edit brings: steps to add or to rewrite, and the ids of those to take away. */
const editShape = z.strictObject({
  put: z.array(stepShape).max(30).default([]),
  remove: z.array(z.string()).max(30).default([]),
});

export const plans: Define = (command, context) => {
  command
    .command("list", { isDefault: true })
    .description("Open plans, with how far they are and what they wait for.")
    .option("--all", "those that have ended too")
    .option(...JSON_OUT)
    .action(async ({ all, json }: Options) => {
      const here = context();
      const found = await withLedger(here, {}, (ledger) =>
        ledger.plans.list({ ended: all === true, limit: LISTED_MAX }),
      );
      if (json === true) return here.print(JSON.stringify(found, undefined, 2));
      if (found.length === 0) return here.note("There are no open plans. An agent writes one when work takes days.");
      here.print(tellPlans(found, here));
    });

  command
    .command("show <plan>")
    .description("One plan: its steps, what they brought, and everything that happened.")
    .option(...JSON_OUT)
    .action(async (id: string, { json }: Options) => {
      const here = context();
      const plan = await withLedger(here, {}, (ledger) => ledger.plans.get(numberIn(id)));
      if (plan === undefined) throw new CommandFailed(`There is no plan ${id}. \`kaos plans --all\` lists them.`);
      here.print(json === true ? JSON.stringify(plan, undefined, 2) : tellPlan(plan, here));
    });

  const add = command
    .command("add <file>")
    .description("Write a plan from a JSON file, or from - for what is piped in: a goal and its steps.")
    .option("--agent <name>", "who carries it out")
    .option("--room <room>", "where it asks and tells (default: where jobs speak)")
    .option(...JSON_OUT)
    .action(async (file: string, { agent, room, json }: Options) => {
      const here = context();
      const settings = readAutomations(here.home.automations);
      const [name = ""] = chooseNames(
        [agent ?? settings.agent],
        readRoster().agents.map((one) => one.name),
      );
      const draft = shaped(planShape, await read(file));
      await change(here, json, (ledger) =>
        ledger.plans.write({
          key: planKey(YOU, here.clock.now(), draft.goal),
          agent: name,
          room: room ?? settings.room,
          by: YOU,
          sources: [{ label: "owner", from: YOU }],
          draft,
        }),
      );
    });
  examples(add, [["kaos plans add move.json --agent kronos", '{ "goal": "…", "steps": [{ "id": "ask", … }] }']]);

  command
    .command("answer <plan> <step> <words...>")
    .description("Your word for a step that waits for it.")
    .option(...JSON_OUT)
    .action(async (id: string, step: string, words: string[], { json }: Options) =>
      change(context(), json, ({ plans: all }) => all.answer(numberIn(id), step, words.join(" "), YOU)),
    );

  command
    .command("skip <plan> <step>")
    .description("Go on without this step.")
    .option(...JSON_OUT)
    .action(async (id: string, step: string, { json }: Options) =>
      change(context(), json, ({ plans: all }) => all.skip(numberIn(id), step, YOU)),
    );

  command
    .command("retry <plan> <step>")
    .description("Begin a failed or skipped step anew.")
    .option(...JSON_OUT)
    .action(async (id: string, step: string, { json }: Options) =>
      change(context(), json, ({ plans: all }) => all.retry(numberIn(id), step, YOU)),
    );

  command
    .command("edit <plan> <file>")
    .description("Add, rewrite and take away steps that have not begun: JSON with put and remove.")
    .option(...JSON_OUT)
    .action(async (id: string, file: string, { json }: Options) => {
      const wanted = shaped(editShape, await read(file));
      await change(context(), json, ({ plans: all }) => all.edit(numberIn(id), wanted, YOU));
    });

  command
    .command("cancel <plan> [because...]")
    .description("End it; what an agent is doing for it is called back.")
    .option(...JSON_OUT)
    .action(async (id: string, because: string[], { json }: Options) =>
      change(context(), json, ({ plans: all }) => all.cancel(numberIn(id), YOU, because.join(" "))),
    );

  examples(command, [
    ["kaos plans", "what is under way"],
    ["kaos plans show 3", "its steps and their story"],
    ['kaos plans answer 3 ask-landlord "Yes, from May"', "it goes on with your words"],
    ["kaos plans retry 3 book", "once more"],
  ]);
};

/** Does it, and tells how the plan stands then. */
async function change(
  here: Context,
  json: boolean | undefined,
  work: (ledger: Ledger) => Promise<PlanWritten>,
): Promise<void> {
  const written = await withLedger(here, { create: true }, async (ledger): Promise<PlanWritten> => {
    const done = await work(ledger);
    if (!done.planned) return done;
    // The supervisor would do it soon; whoever looks now sees it already.
    await ledger.plans.advance();
    const plan = await ledger.plans.get(done.plan.id);
    return plan === undefined ? done : { planned: true, plan };
  });
  if (!written.planned) throw new CommandFailed(written.because);
  print(here, json, written.plan);
}

function print(here: Context, json: boolean | undefined, plan: PlanStory): void {
  here.print(json === true ? JSON.stringify(plan, undefined, 2) : tellPlan(plan, here));
}

async function read(file: string): Promise<unknown> {
  try {
    return JSON.parse(file === "-" ? await readAll(process.stdin) : readFileSync(file, "utf8"));
  } catch (error) {
    throw new WrongUsage(`${file === "-" ? "What was piped in" : file} cannot be read as JSON: ${messageOf(error)}.`);
  }
}

function shaped<T>(shape: z.ZodType<T>, value: unknown): T {
  const parsed = shape.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new WrongUsage(z.prettifyError(parsed.error));
}

function numberIn(text: string): number {
  if (/^[1-9]\d{0,14}$/u.test(text)) return Number(text);
  throw new WrongUsage(`"${text}" is no plan. Write its number, as \`kaos plans\` shows it.`);
}
