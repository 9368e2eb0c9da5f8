/** Who an agent is: its folder, and the card by which its colleagues and the ledger know it. */
import { type AgentConfig, agentsFolder, ConfigProblem, loadRoster, type Roster } from "../shared/config/index.ts";
import type { AgentCard } from "../shared/ledger/index.ts";

/** The agent of this name among all that have a folder. Throws ConfigProblem with the names there are. */
export function findAgent(name: string): Roster & { config: AgentConfig } {
  const roster = loadRoster(agentsFolder());
  const config = roster.agents.find((agent) => agent.name === name);
  if (config !== undefined) return { ...roster, config };
  const known = roster.agents.map((agent) => agent.name).join(", ");
  throw new ConfigProblem(
    `There is no agent "${name}". Known are ${known}; a new one is a folder in agents/ with an agent.json.`,
  );
}

/** What others need to know of an agent. */
export function cardOf({
  name,
  role,
  aliases,
  owns,
  keywords,
  account,
  escalatesTo,
  slaMinutes,
  jobs,
}: AgentConfig): AgentCard {
  return {
    name,
    role,
    aliases,
    owns,
    keywords,
    username: account.telegramUsername?.toLowerCase() ?? null,
    accountId: account.telegramId === null ? null : String(account.telegramId),
    escalatesTo,
    slaMinutes,
    jobs,
  };
}
