/** `kaos demo`: what KAOS does, told while it happens, on the offline model and in a home of its own. */
import { type Define, examples } from "./command.ts";
import { tellStory } from "./demo/story.ts";
import { playSwarm } from "./demo/swarm.ts";
import { voiceFor } from "./demo/voice.ts";
import { WrongUsage } from "./failures.ts";

type Options = { swarm?: boolean; once?: boolean; json?: boolean };

export const demo: Define = (command, context) => {
  command
    .option("--swarm", "seven processes that stay up, with the control room, for you to write to")
    .option("--once", "with --swarm: stop everything after the conversation")
    .option("--json", "tell the story on stderr; the last line on stdout is what came of it, as JSON")
    .action(async ({ swarm = false, once = false, json = false }: Options) => {
      if (once && !swarm) throw new WrongUsage("The story ends by itself. --once goes with --swarm.");
      const here = context();
      const voice = voiceFor(here, { json });
      await (swarm ? playSwarm(here, voice, { once, json }) : tellStory(here, voice, { json }));
    });
  examples(command, [
    ["kaos demo", "the story in one process, in under a minute; exit 1 when something is missing"],
    ["kaos demo --swarm", "watch, then write to them yourself; Ctrl-C stops everything"],
    ["kaos demo --swarm --once --json", "the same as a check, for a script"],
  ]);
};
