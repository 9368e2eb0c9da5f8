/** `kaos approvals`: the calls that wait for a person, and what is allowed for longer than one call. */
import { type Approval, type Grant, YOU } from "../shared/ledger/index.ts";
import { type Define, examples, wholeNumber } from "./command.ts";
import type { Context } from "./context.ts";
import { CommandFailed, WrongUsage } from "./failures.ts";
import { chooseNames, readRoster } from "./processes/choose.ts";
import { duration, wrap } from "./terminal/layout.ts";
import { withLedger } from "./with-ledger.ts";

const LATEST_MAX = 20;
const DAY_MS = 86_400_000;
const GRANT_DAYS = 30;
const WIDTH = 80;

const number = wholeNumber(1, Number.MAX_SAFE_INTEGER);

export const approvals: Define = (command, context) => {
  command
    .command("list", { isDefault: true })
    .option("--all", "those that are decided, too")
    .option("--json", "print them as JSON")
    .description("What waits for your decision, and what you allow for longer.")
    .action(async ({ all, json }: { all?: boolean; json?: boolean }) => {
      const here = context();
      const [asked, grants] = await withLedger(here, {}, async (ledger) => [
        await (all ? ledger.approvals.latest(LATEST_MAX) : ledger.approvals.pending()),
        await ledger.grants.latest(LATEST_MAX),
      ]);
      if (json) return here.print(JSON.stringify({ approvals: asked, grants }, undefined, 2));
      here.print(asked.length === 0 ? "Nothing waits for you." : asked.map((one) => told(one, here)).join("\n\n"));
      const inForce = grants.filter((grant) => isInForce(grant, here.clock.now()));
      if (inForce.length > 0)
        here.print(`\nAllowed for longer:\n${inForce.map((one) => toldGrant(one, here)).join("\n")}`);
    });

  for (const granted of [true, false]) {
    command
      .command(granted ? "approve" : "deny")
      .argument("<id>", "its number", number)
      .argument("[reason...]", "what the agent should know about it")
      .description(granted ? "Let this one call run, exactly as it stands there." : "Do not let it run.")
      .action(async (id: number, reason: string[]) => {
        const here = context();
        const said = reason.join(" ");
        const decided = await withLedger(here, {}, (ledger) => ledger.approvals.decide(id, { granted, by: YOU, said }));
        if (!decided.decided) throw new CommandFailed(`Nothing was changed: ${decided.because}.`);
        const { agent, tool } = decided.approval;
        here.print(
          `${here.paint.good("✓")} ${granted ? `${agent} runs ${tool} now.` : `${agent} does not run ${tool}.`}`,
        );
      });
  }

  command
    .command("allow")
    .argument("<agent>", "which agent")
    .argument("<tool>", "which tool")
    .argument("<match...>", "argument=value, each of which must hold; a value that ends in * takes any ending")
    .option("--days <days>", "how long", wholeNumber(1, 365), GRANT_DAYS)
    .description("Let calls like this run without asking, while nobody else's text is in the turn.")
    .action(async (asked: string, tool: string, match: string[], { days }: { days: number }) => {
      const here = context();
      const agent =
        chooseNames(
          [asked],
          readRoster().agents.map(({ name }) => name),
        )[0] ?? asked;
      const expiresAt = here.clock.now() + days * DAY_MS;
      const grant = await withLedger(here, { create: true }, (ledger) =>
        ledger.grants.make({ agent, tool, match: matchOf(match), by: YOU, expiresAt }),
      );
      here.print(
        `${here.paint.good("✓")} ${toldGrant(grant, here).trim()}. \`kaos approvals revoke ${grant.id}\` ends it.`,
      );
    });

  command
    .command("revoke")
    .argument("<id>", "its number", number)
    .description("Ask again from the next call on.")
    .action(async (id: number) => {
      const here = context();
      if (!(await withLedger(here, {}, (ledger) => ledger.grants.revoke(id)))) {
        throw new CommandFailed(`There is no permission ${id} in force. \`kaos approvals\` lists them.`);
      }
      here.print(`${here.paint.good("✓")} Revoked.`);
    });

  examples(command, [
    ["kaos approvals", "what waits for you"],
    ["kaos approvals approve 17", "let that call run"],
    ['kaos approvals deny 17 "not before Monday"', "and tell the agent why"],
    ["kaos approvals allow keystone write-file 'path=notes/*'", "stop asking for this"],
  ]);
};

function matchOf(pairs: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf("=");
      if (at < 1) throw new WrongUsage(`"${pair}" is not argument=value, as in path=notes/*.`);
      if (pair.slice(at + 1) === "*")
        throw new WrongUsage(`"${pair}" would allow everything. Name the beginning, as in path=notes/*.`);
      return [pair.slice(0, at), pair.slice(at + 1)];
    }),
  );
}

function told(approval: Approval, { paint, clock }: Context): string {
  const { id, agent, tool, arguments: asked, because, state, by, said, expiresAt, askedAt } = approval;
  const now = clock.now();
  const open = state === "pending";
  const when = open
    ? `asked ${duration(now - askedAt)} ago, open for ${duration(Math.max(0, expiresAt - now))}`
    : `${state}${by === "" ? "" : ` by ${by}`}${said === "" ? "" : `: ${said}`}`;
  return [
    `${paint.bold(`#${id}`)} ${agent} · ${tool} · ${paint.soft(when)}`,
    wrap(asked, { width: WIDTH, indent: "  " }),
    wrap(because, { width: WIDTH, indent: "  " }),
    ...(open ? [paint.soft(`  kaos approvals approve ${id} · kaos approvals deny ${id}`)] : []),
  ].join("\n");
}

function toldGrant({ id, agent, tool, match, expiresAt }: Grant, { clock }: Context): string {
  const where = Object.entries(match).map(([name, value]) => `${name}=${value}`);
  return `  ${id}  ${agent} · ${tool} · ${where.join(" ")} · for ${duration(expiresAt - clock.now())}`;
}

function isInForce({ expiresAt, revokedAt }: Grant, now: number): boolean {
  return revokedAt === null && expiresAt > now;
}
