/**
 * Ends the output with one line that a person and a machine read alike: `N passed, N failed`, and `, N skipped` where some were.
 * Above it stands each test that passed at its second try only: luck, and therefore a defect.
 */
import type { Reporter, TestModule } from "vitest/node";

/** The reporter. It goes first in the list, so that it has counted even if another one fails. */
export function tally(): Reporter {
  return {
    onTestRunEnd(modules, unhandled) {
      const lines = [...lucky(modules), count(modules, unhandled.length)];
      // Other reporters and vitest itself still write after this event; nobody writes after `exit`.
      process.once("exit", () => process.stdout.write(`${lines.join("\n")}\n`));
    },
  };
}

function lucky(modules: readonly TestModule[]): string[] {
  return modules
    .flatMap((module) => [...module.children.allTests("passed")])
    .filter((test) => test.diagnostic()?.flaky)
    .map((test) => `passed at the second try only, mend it: ${test.module.relativeModuleId} > ${test.fullName}`);
}

function count(modules: readonly TestModule[], unhandled: number): string {
  const tests = modules.flatMap((module) => [...module.children.allTests()]);
  const inState = (state: string) => tests.filter((test) => test.result().state === state).length;
  // A file that does not load, a hook that fails and an error that nothing caught are failures as well.
  const withoutFailedTest = (module: TestModule) => [...module.children.allTests("failed")].length === 0;
  const failedModules = modules.filter((module) => module.state() === "failed" && withoutFailedTest(module)).length;
  const skipped = inState("skipped");
  return [
    `${inState("passed")} passed`,
    `${inState("failed") + failedModules + unhandled} failed`,
    ...(skipped > 0 ? [`${skipped} skipped`] : []),
  ].join(", ");
}
