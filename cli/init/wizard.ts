/** Asks a person at a terminal what they want to begin with, a question at a time; what can be tried is tried at once. */
import { cancel, isCancel, password, select, spinner, text } from "@clack/prompts";
import { messageOf } from "../../shared/base/index.ts";
import { isSet } from "../../shared/config/index.ts";
import { providers } from "../../shared/llm/index.ts";
import type { Context } from "../context.ts";
import { CommandFailed } from "../failures.ts";
import { agentName } from "../templates/make-agent.ts";
import type { Template } from "../templates/template.ts";
import { tryProvider } from "./brain.ts";
import { understood } from "./carry-out.ts";
import type { Brain, Wishes } from "./wishes.ts";

/** Throws CommandFailed when the person leaves half-way; nothing is written before the end. */
export async function askWishes(
  here: Context,
  templates: readonly Template[],
  given: Partial<Wishes> & { agent?: string },
): Promise<Wishes> {
  const whose =
    given.agent !== undefined || given.own !== undefined
      ? "own"
      : await choose("What do you want to set up?", [
          { value: "six", label: "The six agents, as they are", hint: "a group that talks to you" },
          { value: "own", label: "An agent of my own", hint: "from one of five templates" },
        ]);
  const own = given.own ?? (whose === "own" ? await askOwn(templates, given.agent) : undefined);
  const brain = given.brain ?? (await askBrain(here));
  const place = await choose("Where do you want to talk?", [
    { value: "room", label: "Here: terminal and control room", hint: "nothing to set up" },
    { value: "telegram", label: "Telegram", hint: "each agent has an account of its own; the steps follow" },
  ]);
  const job = given.job ?? (await askJob(here));
  return {
    ...(own === undefined ? {} : { own }),
    brain,
    ...(job === undefined ? {} : { job }),
    telegram: place === "telegram",
  };
}

async function askOwn(templates: readonly Template[], asked: string | undefined): Promise<NonNullable<Wishes["own"]>> {
  const agent = asked ?? agentName(await line("What is it called?", { initial: "atlas", check: agentName }));
  const name = await choose(
    `What is ${agent} for?`,
    templates.map((one) => ({ value: one.name, label: one.title, hint: one.summary })),
  );
  const template = templates.find((one) => one.name === name);
  if (template === undefined) throw new Error(`the template ${name} was offered`);
  const role = await line("In a few words, its role:", { initial: template.agent.role });
  const language = await line("Which language does it speak?", { initial: "the person's" });
  return {
    agent,
    template,
    ...(role === template.agent.role ? {} : { role }),
    ...(language === "the person's" ? {} : { language }),
  };
}

const OTHER = "other";

async function askBrain(here: Context): Promise<Brain> {
  for (;;) {
    const id = await choose("Which model answers?", [
      { value: "offline", label: "The offline model", hint: "no key; prepared lines, does not think" },
      ...providers.map((one) => ({ value: one.id, label: one.id, hint: hintOf(one) })),
      { value: OTHER, label: "Another OpenAI-compatible endpoint", hint: "you give its address" },
    ]);
    if (id === "offline") return { kind: "offline" };
    const known = providers.find((one) => one.id === id);
    const baseUrl = known === undefined ? await line("Its address, with https:// and /v1", {}) : undefined;
    const hasKey = known !== undefined && isSet(here.raw[known.keyVariable]);
    const key = hasKey ? undefined : await hidden(known?.keyNeeded === false ? "Its key, if it has one" : "Its key");
    const fallback = known?.models.standard ?? "";
    const model = await line("Which model?", { initial: fallback });
    const trying = spinner();
    trying.start(`Asking ${id} …`);
    const tried = await tryProvider(here, {
      id,
      ...(key === undefined || key === "" ? {} : { key }),
      ...(baseUrl === undefined ? {} : { baseUrl }),
      ...(model === "" || model === fallback ? {} : { model }),
    });
    if ("brain" in tried) {
      trying.stop(tried.says);
      return tried.brain;
    }
    trying.error(tried.problem);
  }
}

function hintOf({ keyNeeded, models }: (typeof providers)[number]): string {
  return `${models.standard ?? "your model"}${keyNeeded ? "" : ", no key needed"}`;
}

async function askJob(here: Context): Promise<string | undefined> {
  const check = (words: string) => (words === "" ? undefined : understood(here, words));
  const words = await line("What shall you be told, and when? (empty: nothing)", {
    placeholder: "every weekday 8:30 what matters today?",
    check,
    mayBeEmpty: true,
  });
  return words === "" ? undefined : words;
}

async function choose(message: string, options: { value: string; label: string; hint: string }[]): Promise<string> {
  return stay(await select({ message, options }));
}

type Line = { initial?: string; placeholder?: string; check?: (words: string) => unknown; mayBeEmpty?: boolean };

/** One line; `check` throws the sentence that says what is wrong with it. */
async function line(message: string, { initial, placeholder, check, mayBeEmpty = false }: Line): Promise<string> {
  const answer = await text({
    message,
    ...(placeholder === undefined ? {} : { placeholder }),
    ...(initial === undefined || initial === "" ? {} : { initialValue: initial }),
    validate: (words = "") => {
      if (words.trim() === "") return mayBeEmpty ? undefined : "Write something, or leave with Ctrl-C.";
      try {
        check?.(words.trim());
        return undefined;
      } catch (error) {
        return messageOf(error);
      }
    },
  });
  return (stay(answer) ?? "").trim();
}

async function hidden(message: string): Promise<string> {
  return (stay(await password({ message })) ?? "").trim();
}

function stay<Answer>(answer: Answer): Exclude<Answer, symbol> {
  if (!isCancel(answer)) return answer as Exclude<Answer, symbol>;
  cancel("Nothing was written.");
  throw new CommandFailed("Left half-way. `kaos init` begins again.");
}
