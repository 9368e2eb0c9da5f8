/** An agent's memory as its processes open it, and what of it a conversation with one person alone has. */
import {
  type ChatMemory,
  type ChatPlace,
  createPurse,
  createTill,
  type Money,
  payerOf,
  type Remembering,
} from "../shared/agent/index.ts";
import type { Clock, Lifetime } from "../shared/base/index.ts";
import type { Env, Home } from "../shared/config/index.ts";
import type { Model, Tool } from "../shared/engine/index.ts";
import type { Ledger } from "../shared/ledger/index.ts";
import { createModelExtractor, createShared, type Memory, openMemory, storesOf } from "../shared/memory/index.ts";
import type { Patience } from "../shared/sqlite/index.ts";
import { memoryTools } from "../shared/tools/index.ts";

type Deps = {
  name: string;
  env: Env;
  home: Home;
  clock: Clock;
  lifetime: Pick<Lifetime, "onClose">;
  ledger: Ledger;
  models: { lite: Model; standard: Model };
  money: Money;
  patience?: Patience;
};

/** Opens it with the stores of the environment; facts are drawn by the lite model, paid for like any other call. It closes with the lifetime. */
export async function openAgentMemory({
  name,
  env,
  home,
  clock,
  lifetime,
  ledger,
  models,
  money,
  patience,
}: Deps): Promise<Memory> {
  const { spend } = ledger;
  const lite = createPurse({ agent: name, models, spend, money })("lite", {
    purpose: "remember",
    message: null,
    room: "",
  });
  const memory = await openMemory({
    path: home.agent(name).database,
    clock,
    patience,
    shared: createShared(ledger.sharedFacts, { agent: name }),
    ...storesOf(env, { home, agent: name, pay: payerOf(createTill({ agent: name, spend, caps: money.caps })) }),
    // The offline model understands nothing; rules find at least what is said plainly.
    ...(env.KAOS_LITE_CHAIN.length === 0 ? {} : { extractor: createModelExtractor(lite) }),
  });
  lifetime.onClose(() => memory.close());
  return memory;
}

/** What a conversation with this person recalls and keeps, and the tools on memory that the agent has there. */
export function conversationMemory(
  memory: Memory,
  remembering: Pick<Remembering, "chat">,
  place: ChatPlace,
): { remembering: ChatMemory; tools: readonly Tool[] } {
  const { person, audience } = place;
  const reader = { person: person.id, isOwner: person.isOwner, room: null };
  return {
    remembering: remembering.chat(place),
    tools: memoryTools(memory, { reader, audience, person, message: null }),
  };
}
