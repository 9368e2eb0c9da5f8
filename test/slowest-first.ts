/** The order of the test files: those that take longest begin, so that none of them is left alone with one worker at the end. */
import { relative } from "node:path";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Files of more than ten seconds on a machine with two cores, longest first. A file that is missing here only ends later. */
const SLOW = [
  "simulation/sim.test.ts",
  "cli/demo.test.ts",
  "browser/every-view.test.ts",
  "supervisor/year.test.ts",
  "installed/packed.test.ts",
  "browser/control-room.test.ts",
  "cli/swarm.test.ts",
  "telegram/bad-input.test.ts",
  "dashboard/mcp.test.ts",
  "shared/mcp/conformance.test.ts",
  "shared/memory/forget.test.ts",
  "simulation/processes.test.ts",
  "browser/work.test.ts",
  "cli/mcp.test.ts",
  "shared/turns/kill.test.ts",
  "shared/explain/replay.test.ts",
  "browser/swarm.test.ts",
  "telegram/processes.test.ts",
  "telegram/soak/soak.test.ts",
  "cli/openai.test.ts",
  "shared/mcp/rude.test.ts",
  "telegram/private-chat.test.ts",
  "telegram/swarm.test.ts",
  "shared/tools/browser.test.ts",
  "shared/memory/kill.test.ts",
  "cli/init.test.ts",
  "cli/jobs.test.ts",
  "cli/upgrade.test.ts",
];

export class SlowestFirst extends BaseSequencer {
  /** Behind the slow ones, whatever vitest knows: durations of the last run, else the size of a file. */
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) => {
      const at = SLOW.indexOf(relative(import.meta.dirname, moduleId));
      return at === -1 ? SLOW.length : at;
    };
    return (await super.sort(files)).toSorted((one, other) => place(one) - place(other));
  }
}
