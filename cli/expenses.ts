/** `kaos expenses`: what was read out of receipts, and what waits for your word. */
import { amountOf, type Purchase, YOU } from "../shared/ledger/index.ts";
import { type Define, examples, wholeNumber } from "./command.ts";
import { CommandFailed } from "./failures.ts";
import { table } from "./terminal/layout.ts";
import { withLedger } from "./with-ledger.ts";

export const expenses: Define = (command, context) => {
  command
    .command("list", { isDefault: true })
    .option("--pending", "only what waits for your word")
    .option("-n, --lines <count>", "how many", wholeNumber(1, 1_000), 20)
    .option("--json", "print them as JSON")
    .description("The newest purchases, with where each stands.")
    .action(async ({ pending, lines, json }: { pending?: boolean; lines: number; json?: boolean }) => {
      const here = context();
      const rows = await withLedger(here, {}, ({ purchases }) =>
        pending ? purchases.pending() : purchases.latest(lines),
      );
      if (json) return here.print(JSON.stringify(rows, undefined, 2));
      if (rows.length === 0) return here.note(pending ? "Nothing waits for your word." : "No receipt was read yet.");
      here.print(table(rows.map(cells), { right: [0, 2] }));
    });

  for (const { name, booked, says } of [
    { name: "book", booked: true, says: "It was paid: it counts from now on." },
    { name: "refuse", booked: false, says: "It is no purchase of yours." },
  ] as const)
    command
      .command(name)
      .argument("<number>", "of one that waits for your word", wholeNumber(1, Number.MAX_SAFE_INTEGER))
      .option("--category <category>", "what it was for")
      .description(says)
      .action(async (id: number, { category }: { category?: string }) => {
        const here = context();
        const decision = { booked, by: YOU, ...(category !== undefined && { category }) };
        if (!(await withLedger(here, {}, ({ purchases }) => purchases.decide(id, decision))))
          throw new CommandFailed(`Nothing waits under ${id}. \`kaos expenses --pending\` lists what does.`);
        here.print(`${here.paint.good("✓")} ${id} is ${booked ? "booked" : "refused"}.`);
      });

  examples(command, [
    ["kaos expenses --pending", "what waits for my word?"],
    ["kaos expenses book 12 --category travel", "that was paid"],
  ]);
};

function cells({ id, spentOn, merchant, category, state, because, ...sum }: Purchase): string[] {
  return [`#${id}`, spentOn, `${amountOf(sum)} ${sum.currency}`, merchant, category, state, because];
}
