/** `kaos why <message>`: who decided what about a message, and why. */
import type { Ledger } from "../shared/ledger/index.ts";
import { storyOf } from "../shared/ledger/index.ts";
import { type Define, examples } from "./command.ts";
import { CommandFailed, WrongUsage } from "./failures.ts";
import { tellStory } from "./tell-story.ts";
import { widthOf } from "./terminal/layout.ts";
import { withLedger } from "./with-ledger.ts";

export const why: Define = (command, context) => {
  command
    .argument("<message>", "its number, as `kaos room` shows it, or `last`: the last thing a person said")
    .option("--json", "print the whole story as JSON")
    .action(async (wanted: string, { json }: { json?: boolean }) => {
      const here = context();
      await withLedger(here, {}, async (ledger) => {
        const seq = await numberOf(ledger, wanted);
        const story = await storyOf(ledger, seq);
        if (story === undefined) throw new CommandFailed(`There is no message #${seq}. ${await whatThereIs(ledger)}`);
        if (json) here.print(JSON.stringify(story, undefined, 2));
        else here.print(tellStory(story, { paint: here.paint, width: widthOf(process.stdout), now: here.clock.now() }));
      });
    });
  examples(command, [
    ["kaos why last", "the last thing a person said"],
    ["kaos why 12", "message #12"],
    ["kaos why 12 --json", "the same, for a program"],
  ]);
};

async function numberOf(ledger: Ledger, wanted: string): Promise<number> {
  if (wanted === "last") {
    const [newest] = await ledger.messages.roots(1);
    if (newest === undefined) throw new CommandFailed(await whatThereIs(ledger));
    return newest.seq;
  }
  const seq = Number(wanted.replace(/^#/, ""));
  if (!Number.isSafeInteger(seq) || seq < 1) {
    throw new WrongUsage(
      `"${wanted}" is no message. Give its number, for example \`kaos why 12\`, or \`kaos why last\`.`,
    );
  }
  return seq;
}

async function whatThereIs(ledger: Ledger): Promise<string> {
  const [newest] = await ledger.messages.roots(1);
  return newest === undefined
    ? 'Nobody has said anything yet. Say something with `kaos room "…"`.'
    : `The last thing a person said is #${newest.seq}.`;
}
