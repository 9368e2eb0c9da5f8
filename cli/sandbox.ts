/** `kaos sandbox check`: does each wall around an agent's own code hold on this machine? */
import { type GateInfo, gates } from "../shared/security/index.ts";
import { createSandbox, proveWalls } from "../shared/tools/index.ts";
import { type Define, examples } from "./command.ts";
import type { Context } from "./context.ts";
import { CommandFailed, EXIT } from "./failures.ts";

export const sandbox: Define = (command, context) => {
  command.action(() => command.help({ error: true }));

  command
    .command("check")
    .description(
      "Run code inside the sandbox that tries to get out, wall by wall. Ends with 1 when a wall is missing, with 3 when all hold but the gate for agents' own code is closed.",
    )
    .option("--json", "print it as JSON")
    .action(async ({ json }: { json?: boolean }) => {
      const here = context();
      const box = createSandbox({ image: here.env.SANDBOX_IMAGE });
      const missing = await box.missing();
      const { kind, passed } = await box.chosen();
      const walls = await proveWalls(box, new AbortController().signal);
      const broken = walls.filter(({ holds }) => !holds);
      const gate = gateFor(here);
      if (json)
        here.print(
          JSON.stringify(
            { available: missing === undefined, because: missing, kind, passed, gate, walls },
            undefined,
            2,
          ),
        );
      else if (missing === undefined) {
        for (const one of passed) here.print(here.paint.soft(`– ${one.kind} is not used: ${one.because}`));
        for (const { wall, holds, found } of walls)
          here.print(`${holds ? here.paint.good("✓") : here.paint.bad("✗")} ${wall}  ${here.paint.soft(found)}`);
      }
      if (missing !== undefined)
        throw new CommandFailed(
          `Of ${walls.length} walls none stands: ${missing}. Agents' own code does not run here; everything else does.`,
        );
      if (broken.length > 0)
        throw new CommandFailed(
          `${broken.length} of ${walls.length} walls do not hold: ${broken.map(({ wall }) => wall).join(", ")}. Leave ENABLE_DYNAMIC_TOOLS unset on this machine.`,
        );
      here.note(`All ${walls.length} walls of ${kind} hold.`);
      if (!gate.open) {
        here.note(`The gate ${gate.name} is closed; ${gate.variable}=${gate.openWhen} opens it.`);
        process.exitCode = EXIT.blockedByGate;
      }
    });

  examples(command, [
    ["kaos sandbox check", "may agents run code of their own here?"],
    ["kaos sandbox check --json", "the same for a script"],
  ]);
};

function gateFor({ env }: Context): Pick<GateInfo, "name" | "variable" | "openWhen"> & { open: boolean } {
  const gate = gates.find(({ name }) => name === "dynamic-tools");
  if (gate === undefined) throw new CommandFailed("There is no gate for agents' own code. Update KAOS.");
  const { name, variable, openWhen } = gate;
  return { name, variable, openWhen, open: env[variable] === openWhen };
}
