/** Where agents learn about their skills, and where people decide about what they propose. */
import { join } from "node:path";
import type { Clock, Lifetime } from "../shared/base/index.ts";
import { agentsFolder, type Home, isDemo, loadRoster, programRoot } from "../shared/config/index.ts";
import { createDesks, type Desks, type Learning, openLearning } from "../shared/skills/index.ts";
import type { Patience } from "../shared/sqlite/index.ts";

type Deps = { name: string; home: Home; clock: Clock; lifetime: Lifetime; patience?: Patience };

/** What this agent learns; closed with the lifetime. */
export async function learningOf({ name, home, clock, lifetime, patience }: Deps): Promise<Learning> {
  const learning = await openLearning({ path: home.agent(name).skills.learning, clock, patience });
  lifetime.onClose(() => learning.close());
  return learning;
}

/** Every agent's proposals: an owner's word in a chat is obeyed by whichever agent hears it first. */
export function desksOf({ home, clock }: Pick<Deps, "home" | "clock">): Desks {
  const places = () =>
    loadRoster(agentsFolder()).agents.map(({ name, folder: persona, skills: listed }) => {
      const { folder: own, lock, learning } = home.agent(name).skills;
      const packs = join(programRoot(), "skills");
      return { agent: name, own, lock, learning, packs, listed, ...(!isDemo(home) && { persona }) };
    });
  return createDesks(places, clock);
}
