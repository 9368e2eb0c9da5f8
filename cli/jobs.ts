/** `kaos jobs`: what runs by itself, when, what it needs, and what came of it. */
import { type Define, examples } from "./command.ts";
import { add } from "./jobs/add.ts";
import { look } from "./jobs/look.ts";
import { steer } from "./jobs/steer.ts";

export const jobs: Define = (command, context) => {
  look(command, context);
  steer(command, context);
  add(command, context);
  examples(command, [
    ["kaos jobs", "what runs by itself"],
    ["kaos jobs run news-monitor --dry-run", "what would it tell you?"],
    ['kaos jobs add "every weekday 8:30 stretch"', "be told so"],
    ['kaos jobs add "every friday 16:00 sum up the week" --agent kronos', "have it done"],
    ["kaos jobs mute news-monitor --days 7", "not this week"],
    ["kaos jobs why 12", "why was I told this?"],
  ]);
};
