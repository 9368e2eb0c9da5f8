/** `kaos demo-seed`: a week of lifelike data in a home of its own, so that every view and command has something to show. */
import { type Define, examples } from "./command.ts";
import { clearHome, demoHome, holdsWeek } from "./demo/home.ts";
import { liveThroughAWeek } from "./demo/seed/week.ts";
import { seconds } from "./demo/voice.ts";
import { CommandFailed } from "./failures.ts";
import { createProgress } from "./terminal/progress.ts";

type Options = { reset?: boolean; json?: boolean };

export const demoSeed: Define = (command, context) => {
  command
    .option("--reset", "delete the week that is there, and begin anew")
    .option("--json", "print what was made as JSON")
    .action(async ({ reset = false, json = false }: Options) => {
      const here = context();
      const { clock, paint, print, note } = here;
      const at = demoHome(here);
      const { home, kaos, shown } = at;
      if (!reset && holdsWeek(at))
        throw new CommandFailed(`${home.folder} holds a week already. \`kaos demo-seed --reset\` begins anew.`);
      await clearHome(at, here, "kaos demo-seed");
      const startedAt = clock.now();
      const progress = createProgress(process.stderr);
      const lived = await liveThroughAWeek(home, startedAt, (done) =>
        progress.show(`Living through a week: ${Math.round(done * 100)} %`),
      ).finally(progress.clear);
      const tookSeconds = seconds(clock.now() - startedAt);
      if (json) return print(JSON.stringify({ home: home.folder, ...lived, seconds: tookSeconds }));
      print(`${paint.good("✓")} A week of made-up data is in ${shown}, after ${tookSeconds} s. Look at it:\n`);
      print(`  ${kaos} up              ${paint.soft("the six go on from here")}`);
      print(`  ${kaos} dashboard       ${paint.soft("a link into the control room")}`);
      print(`  ${kaos} swarm report    ${paint.soft("who answered how soon, what it cost")}`);
      note(paint.soft(`\n${kaos} down stops it; the next demo deletes it.`));
    });
  examples(command, [["kaos demo-seed --reset", "a fresh week, dated relative to now"]]);
};
