/** `kaos why <message>`: who decided what about a message, and why; and what would have been under another policy. */
import { type Policy, readPolicy, replay } from "../shared/explain/index.ts";
import type { Ledger } from "../shared/ledger/index.ts";
import { storyOf } from "../shared/ledger/index.ts";
import { type Define, examples } from "./command.ts";
import { CommandFailed, WrongUsage } from "./failures.ts";
import { tellReplay } from "./tell-replay.ts";
import { tellStory } from "./tell-story.ts";
import { widthOf } from "./terminal/layout.ts";
import { withLedger } from "./with-ledger.ts";

export const why: Define = (command, context) => {
  command
    .argument("<message>", "its number, as `kaos room` shows it, or `last`: the last thing a person said")
    .option("--replay", "what would have happened under another policy, beside what happened")
    .option("--cap <number>", "replay with so many volunteers at most, 1 to 6")
    .option("--pace <factor>", "replay with this factor on all waits, 0.01 to 10")
    .option(
      "--relevance-min <score>",
      "replay with this score as the least that makes a message an agent's own, 1 to 10",
    )
    .option("--json", "print the whole story, or the replay, as JSON")
    .action(async (wanted: string, { json, ...asked }: Asked) => {
      const here = context();
      const policy = policyOf(asked);
      await withLedger(here, {}, async (ledger) => {
        const seq = await numberOf(ledger, wanted);
        if (policy !== undefined) {
          const answer = await replay(ledger, seq, policy);
          if (answer.kind === "unknown") throw new CommandFailed(`#${seq} cannot be replayed: ${answer.because}.`);
          if (json) here.print(JSON.stringify(answer, undefined, 2));
          else here.print(tellReplay(answer, { paint: here.paint, width: widthOf(process.stdout) }));
          return;
        }
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
    ["kaos why 12 --replay --cap 3", "what a third volunteer would have changed"],
  ]);
};

type Asked = { json?: boolean; replay?: boolean; cap?: string; pace?: string; relevanceMin?: string };

/** The policy to replay with; undefined when no replay is asked for. */
function policyOf({ replay: asked, ...typed }: Omit<Asked, "json">): Policy | undefined {
  if (asked !== true) {
    const [first] = Object.keys(typed);
    if (first === undefined) return undefined;
    throw new WrongUsage("--cap, --pace and --relevance-min change a replay: add --replay.");
  }
  const read = readPolicy(typed);
  if ("because" in read) throw new WrongUsage(read.because);
  return read.policy;
}

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
