/** What an agent supposes of a person, theirs to read and to change. */
import { YOU } from "../../shared/ledger/index.ts";
import type { PersonModel } from "../../shared/memory/index.ts";
import { wholeNumber } from "../command.ts";
import { CommandFailed, WrongUsage } from "../failures.ts";
import { tellModel } from "./tell-memory.ts";
import { type Common, type DefineParts, json, withMemory } from "./with-memory.ts";

export const modelParts: DefineParts = (part, context) => {
  part("model", "What an agent supposes of a person, with the facts for it and against it.")
    .argument("[person]", "their id; without it everybody is listed")
    .option("--suppose <text>", "write a sentence of your own into it")
    .option("--edit <number>", "change this one to the text of --suppose", wholeNumber(1, Number.MAX_SAFE_INTEGER))
    .option("--strike <number>", "strike this one", wholeNumber(1, Number.MAX_SAFE_INTEGER))
    .option("--review", "look at every fact anew first")
    .action(async (person: string | undefined, options: Common & Modelling) => {
      const here = context();
      await withMemory(here, options.agent, async ({ model }) => {
        if (options.review) await model.review();
        if (person === undefined) {
          const people = await model.people();
          return here.print(options.json ? json(people) : people.join("\n") || "Nobody is known yet.");
        }
        await changeModel(model, person, options);
        const hypotheses = await model.hypotheses(person);
        here.print(options.json ? json(hypotheses) : tellModel(hypotheses, here.paint));
      });
    });
};

type Modelling = { suppose?: string; edit?: number; strike?: number; review?: boolean };

async function changeModel(model: PersonModel, person: string, { suppose, edit, strike }: Modelling): Promise<void> {
  if (edit !== undefined && suppose === undefined) throw new WrongUsage("Write the new text as --suppose <text>.");
  const gone = (id: number) =>
    new CommandFailed(`There is no supposition ${id}. \`kaos memory model ${person}\` lists them.`);
  if (strike !== undefined && !(await model.strike(strike))) throw gone(strike);
  if (suppose === undefined) return;
  if (edit === undefined) await model.suppose({ person, text: suppose, by: YOU });
  else if (!(await model.edit(edit, { text: suppose, by: YOU }))) throw gone(edit);
}
