/** An agent as it is now, in a home of its own that is thrown away: what scenarios are played on. No keys, no network, no lock. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type AgentParts, assembleAgent } from "../../agents/assemble-agent.ts";
import { systemPromptOf } from "../../shared/agent/index.ts";
import { type Lifetime, silentLog } from "../../shared/base/index.ts";
import { homeAt } from "../../shared/config/index.ts";
import type { Stage } from "../../shared/evals/index.ts";
import { openLedger } from "../../shared/ledger/index.ts";
import { openMemory } from "../../shared/memory/index.ts";
import { colleagueTools, memoryTools, returnWork } from "../../shared/tools/index.ts";
import type { Context } from "../context.ts";

/** With `live` the offline model is asked instead of the record. Gates stand as the settings of `here` say. */
export async function openStage(
  here: Context,
  agent: string,
  lifetime: Lifetime,
  { live }: { live: boolean },
): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), "kaos-eval-"));
  lifetime.onClose(() => rmSync(folder, { recursive: true, force: true }));
  const home = homeAt(folder);
  const { clock } = here;
  const ledger = await openLedger({ path: home.ledger, clock, durability: "off" });
  lifetime.onClose(() => ledger.close());
  const memory = await openMemory({ path: home.agent(agent).database, clock, durability: "off" });
  lifetime.onClose(() => memory.close());
  const env = { ...here.env, KAOS_LITE_CHAIN: [], KAOS_STANDARD_CHAIN: [], OFFLINE_WORDS_PER_SECOND: 0 };
  const parts = assembleAgent({
    ...{ name: agent, env, settings: here.settings, home, clock, log: silentLog, lifetime, ledger },
    raw: {},
  });
  return {
    systemPrompt: systemPromptOf(agent, parts.persona, parts.members, parts.catalogue()),
    tools: [...parts.tools(), ...ofATurn(parts, agent)],
    gate: parts.gate,
    sanitize: parts.sanitize,
    validate: parts.validate,
    ...(live ? { model: parts.models.standard } : {}),
    clock,
  };

  /** Tools that are made anew for each turn. */
  function ofATurn({ members }: AgentParts, name: string) {
    const person = { id: "owner", name: "you", isOwner: true };
    const reader = { person: person.id, isOwner: true, room: null };
    return [
      ...memoryTools(memory, { reader, audience: "owner", person, message: null }),
      ...colleagueTools({ ledger, clock }, { agent: name, members, message: 0, depth: 0, key: "eval" }),
      returnWork(() => {}),
    ];
  }
}
