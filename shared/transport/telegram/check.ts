/** Whether accounts can serve: each online, in the group, the group a supergroup, all of them known to each other. */
import { messageOf, OperationalError } from "../../base/index.ts";
import { endOfSession } from "./failures.ts";
import { type AccountPaths, readAccount, readSession, readStanding } from "./files.ts";
import { findGroup } from "./group.ts";
import type { TelegramPort } from "./port.ts";

/** What was found out about one agent's account; `because` is a sentence with the next step. */
export type AccountCheck =
  | { agent: string; ok: true; account: string; username: string | null; group: string; room: string }
  | { agent: string; ok: false; because: string };

type Checked = { agent: string; paths: AccountPaths };

type Deps = Checked & {
  /** All agents of the swarm, to be seen in the group. */
  others: readonly Checked[];
  group: string;
  open(agent: string, session: string): Promise<TelegramPort>;
};

/** Connects for a moment. An account that its agent uses right now must not be checked so: two clients on one session end it. */
export async function checkAccount({ agent, paths, others: all, group, open }: Deps): Promise<AccountCheck> {
  const bad = (because: string): AccountCheck => ({ agent, ok: false, because });
  const session = readSession(paths);
  if (session === undefined) return bad(`Not logged in. Log it in: \`kaos telegram login ${agent}\`.`);
  const port = await open(agent, session);
  try {
    const self = await port.connect({ update: () => {}, link: () => {} });
    const other = all.find((one) => one.agent !== agent && readAccount(one.paths)?.id === self.id);
    if (other !== undefined) {
      return bad(
        `It has the account of ${other.agent} (${self.id}). Log it in with its own: \`kaos telegram login ${agent}\`.`,
      );
    }
    const finding = await findGroup(port, { text: group, agent });
    if ("because" in finding) return bad(finding.because);
    const members = new Set((await port.members(finding.group.id)).map(({ id }) => id));
    const missing = all.filter((one) => {
      const account = readAccount(one.paths);
      return account !== undefined && !members.has(account.id);
    });
    if (missing.length > 0) {
      return bad(`It does not see ${missing.map((one) => one.agent).join(", ")} in the group. Invite them.`);
    }
    const { title, id } = finding.group;
    return { agent, ok: true, account: self.id, username: self.username, group: title, room: `telegram:${id}` };
  } catch (error) {
    if (!(error instanceof OperationalError)) throw error;
    return bad(messageOf(endOfSession(agent, error) ?? error));
  } finally {
    await port.close();
  }
}

/** What the agent that runs has noted about its account. */
export function checkNoted(agent: string, paths: AccountPaths): AccountCheck {
  const noted = readStanding(paths);
  if (noted === undefined) return { agent, ok: false, because: "It runs without Telegram. Its log says why." };
  return noted.live ? { agent, ok: true, ...noted } : { agent, ok: false, because: noted.because };
}
