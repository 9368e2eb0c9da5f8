/** Starts one agent of the swarm: its parts, memory and transports, and what it does in the background. */
import { startAgent } from "../shared/agent/index.ts";
import { repeat } from "../shared/base/index.ts";
import type { Ledger } from "../shared/ledger/index.ts";
import { rankByUse } from "../shared/skills/index.ts";
import { createRoom } from "../shared/transport/index.ts";
import { openTurns } from "../shared/turns/index.ts";
import { type AgentDeps, assembleAgent } from "./assemble-agent.ts";
import { desksOf, learningOf } from "./learning.ts";
import { openAgentMemory } from "./memory.ts";
import { moreTransportsOf } from "./more-transports.ts";
import { telegramOf } from "./telegram.ts";

const DAY_MS = 24 * 60 * 60_000;

/** Starts an agent of the swarm, or one that lives alone; when this resolves it is on the roster. */
export async function startAgentProcess(deps: AgentDeps & { ledger: Ledger; alone?: boolean }): Promise<void> {
  const { env, clock, log, lifetime, ledger, patience } = deps;
  const parts = assembleAgent(deps);
  const turns = await openTurns({ path: deps.home.agent(deps.name).turns, clock, sole: true, patience });
  lifetime.onClose(() => turns.close());
  const forgetting = repeat({ clock, everyMs: DAY_MS, signal: lifetime.signal }, async () => {
    await turns.forget(clock.now() - env.TURNS_KEPT);
  });
  lifetime.run("forget turns", forgetting);
  const memory = await openAgentMemory({ ...deps, ...parts });
  const learning = await learningOf(deps);
  const proposals = desksOf(deps);
  let ranked = rankByUse(await learning.figures());
  const ranking = repeat({ clock, everyMs: DAY_MS, signal: lifetime.signal }, async () => {
    ranked = rankByUse(await learning.figures());
  });
  lifetime.run("rank skills", ranking);
  const telegram = await telegramOf({ ...deps, ...parts, memory, turns, agent: deps.name, proposals });
  const agent = await startAgent({
    ...parts,
    turns,
    memory,
    catalogue: () => parts.skills.catalogue({ ranked }).text,
    learner: { learning, skills: parts.skills, thinks: parts.thinks, personaFolder: parts.config.folder },
    proposals,
    shield: parts.shield,
    members: deps.alone === true ? [parts.card] : parts.members,
    ledger,
    clock,
    log,
    transports: [
      createRoom({
        post: (parcel, text) => ledger.outbox.post(parcel, { id: deps.name, name: deps.name }, text),
        catchUpMaxAgeMs: env.ROOM_CATCH_UP_MAX_AGE,
      }),
      ...(telegram === undefined ? [] : [telegram]),
      ...moreTransportsOf({ ...deps, agent: deps.name, members: parts.members }),
    ],
    settings: {
      implicitReplies: env.SWARM_IMPLICIT_REPLIES,
      pace: env.SWARM_PACE,
      relevance: env.RELEVANCE,
      strangers: env.STRANGERS,
      requestsPerMinute: env.REQUESTS_PER_MINUTE,
      catchUpMaxAgeMs: env.CATCH_UP_MAX_AGE,
      budgetUsdDaily: parts.config.budgetUsdDaily,
      dissent: parts.config.dissent,
    },
  });
  const life = agent.run(lifetime.signal);
  lifetime.run("agent", life);
  // What is under way ends before the ledger closes.
  lifetime.onClose(() => life.catch(() => {}));
}
