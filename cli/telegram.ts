/** `kaos telegram`: logs an agent's account in, and checks all accounts. */
import { takeLock } from "../shared/sqlite/index.ts";
import { type AccountCheck, checkAccount, checkNoted, openLogin, openPort } from "../shared/transport/index.ts";
import { type Define, examples } from "./command.ts";
import type { Context } from "./context.ts";
import { CommandFailed } from "./failures.ts";
import { chooseNames, readRoster } from "./processes/choose.ts";
import { createAsking } from "./telegram/ask.ts";
import { logIn } from "./telegram/log-in.ts";
import { columnsOf, listed } from "./terminal/layout.ts";

export const telegram: Define = (command, context) => {
  command
    .command("login")
    .summary("log an agent's account in: by code, or by a QR code")
    .argument("<agent>", "whose account it is; each agent has its own")
    .option("--phone <number>", "log in by a code, with this number")
    .option("--qr", "log in by a QR code that a phone scans which is logged in")
    .action(async (asked: string, options: { phone?: string; qr?: boolean }) => {
      const here = context();
      const [agent = asked] = chooseNames([asked], namesOf());
      if ((await unlessRunning(here, agent, () => login(here, agent, options))) === undefined) {
        throw new CommandFailed(`${agent} runs with its session of now. Stop it first: \`${here.kaos} down\`.`);
      }
    });
  command
    .command("check")
    .summary("each account: online, in the group, known to the others")
    .argument("[agents...]", "only these")
    .option("--json", "print what was found as JSON")
    .action(async (asked: string[], { json }: { json?: boolean }) => {
      const here = context();
      await check(here, chooseNames(asked, namesOf()), json === true);
    });
  examples(command, [
    ["kaos telegram login kronos", "log in the account of kronos"],
    ["kaos telegram login kronos --qr", "the same with a QR code"],
    ["kaos telegram check", "look at all accounts"],
  ]);
};

const namesOf = () => readRoster().agents.map(({ name }) => name);

async function login(here: Context, agent: string, options: { phone?: string; qr?: boolean }): Promise<"logged in"> {
  const access = accessOf(here);
  const asking = createAsking({ note: here.note, phone: options.phone });
  const port = await openLogin(agent, access);
  try {
    const others = namesOf().filter((name) => name !== agent);
    const whose = await logIn({
      agent,
      others,
      port,
      asking,
      qr: options.qr === true,
      home: here.home,
      clock: here.clock,
    });
    here.print(
      `${agent} is logged in as ${whose.name}${whose.username === null ? "" : ` (@${whose.username})`}, account ${whose.id}.`,
    );
    here.note(`The session lies in ${here.home.agent(agent).telegram.session}: keep it like a password.`);
    here.note(
      `Next: invite the account to the group, then \`${here.kaos} telegram check\` and \`${here.kaos} restart\`.`,
    );
    return "logged in";
  } finally {
    asking.close();
    await port.close();
  }
}

async function check(here: Context, agents: readonly string[], json: boolean): Promise<void> {
  const access = accessOf(here);
  if (here.env.TELEGRAM_GROUP === "") {
    throw new CommandFailed("TELEGRAM_GROUP is not set. Write the group's number, @name or link into .env.");
  }
  const others = namesOf().map((agent) => ({ agent, paths: here.home.agent(agent).telegram }));
  const open = (agent: string, session: string) => openPort(agent, access, session);
  const checks: AccountCheck[] = [];
  for (const agent of agents) {
    const paths = here.home.agent(agent).telegram;
    const look = () => checkAccount({ agent, paths, others, group: here.env.TELEGRAM_GROUP, open });
    checks.push((await unlessRunning(here, agent, look)) ?? checkNoted(agent, paths));
  }
  if (json) here.print(JSON.stringify({ ok: checks.every(({ ok }) => ok), accounts: checks }, undefined, 2));
  else here.print(checks.map((one) => told(here, one, agents)).join("\n"));
  const bad = checks.filter(({ ok }) => !ok).map(({ agent }) => agent);
  if (bad.length > 0) throw new CommandFailed(`${listed(bad)} cannot serve on Telegram yet.`);
}

/** Telegram ends a session that is used in two places at once. Undefined when the agent runs: its lock says so. */
async function unlessRunning<Result>(
  here: Context,
  agent: string,
  work: () => Promise<Result>,
): Promise<Result | undefined> {
  const lock = takeLock(here.home.agent(agent).lock);
  if (lock === undefined) return undefined;
  try {
    return await work();
  } finally {
    lock.release();
  }
}

function told({ paint }: Context, found: AccountCheck, agents: readonly string[]): string {
  const width = Math.max(...agents.map(columnsOf));
  const name = found.agent.padEnd(width);
  if (!found.ok) return `${paint.bad("✗")} ${name}  ${found.because}`;
  const who = found.username === null ? found.account : `@${found.username} (${found.account})`;
  return `${paint.good("✓")} ${name}  ${who} in "${found.group}", ${found.room}`;
}

function accessOf({ env }: Context) {
  if (env.TELEGRAM_API_ID === 0 || env.TELEGRAM_API_HASH === "") {
    throw new CommandFailed(
      "TELEGRAM_API_ID and TELEGRAM_API_HASH are not set. Make an application at https://my.telegram.org, and write both into .env.",
    );
  }
  return { apiId: env.TELEGRAM_API_ID, apiHash: env.TELEGRAM_API_HASH, proxy: env.TELEGRAM_PROXY };
}
