import type { Command } from "commander";
import { expect, test } from "vitest";
import { createWholeProgram } from "../../cli/program.ts";

/** The page is written by this test: `npm test -- -u test/docs` after a change. */
test("docs/commands.md holds the help of every command", async () => {
  const program = await createWholeProgram();
  const page = [
    "# Commands",
    "",
    "What `kaos --help` and `kaos <command> --help` print. In a clone write `npx kaos`.",
    "",
    block(program),
    ...program.commands.flatMap((command) => [
      "",
      `## ${command.name()}`,
      "",
      block(command),
      ...command.commands.flatMap((one) => ["", `### ${command.name()} ${one.name()}`, "", block(one)]),
    ]),
    "",
  ].join("\n");
  await expect(page).toMatchFileSnapshot("../../docs/commands.md");
});

function block(command: Command): string {
  let help = "";
  const writeOut = (text: string): void => {
    help += text;
  };
  command.configureOutput({ writeOut, getOutHelpWidth: () => 100 });
  command.outputHelp();
  return `\`\`\`\n${help.trim()}\n\`\`\``;
}
