/** One agent opened in this terminal, with its ledger, memory and turns, for as long as a command takes. */
import { type AgentParts, assembleAgent } from "../../agents/assemble-agent.ts";
import { conversationMemory, openAgentMemory } from "../../agents/memory.ts";
import { type Chat, createChat, createPurse, createRemembering } from "../../shared/agent/index.ts";
import { type Lifetime, silentLog } from "../../shared/base/index.ts";
import type { Approver, Model } from "../../shared/engine/index.ts";
import { openLedger } from "../../shared/ledger/index.ts";
import { openTurns, type Turns } from "../../shared/turns/index.ts";
import type { Context } from "../context.ts";

export type OpenedAgent = {
  name: string;
  parts: AgentParts;
  turns: Turns;
  /** Writes summaries of long conversations. */
  summariser: Model;
  /** A chat that goes on with this conversation; without an approver risky calls are refused. */
  chat(thread: string, approver?: Approver): Chat;
};

/** Takes the agent's lock and opens its files; all is closed with the lifetime. Throws AgentRunsAlready. */
export async function openAgent(here: Context, name: string, lifetime: Lifetime): Promise<OpenedAgent> {
  const { clock, home, env, raw, settings } = here;
  const ledger = await openLedger({ path: home.ledger, clock, durability: env.SWARM_SYNC });
  lifetime.onClose(() => ledger.close());
  const parts = assembleAgent({ ledger, name, env, raw, settings, home, clock, log: silentLog, lifetime });
  const memory = await openAgentMemory({ name, env, home, clock, lifetime, ledger, ...parts });
  const { validate } = parts;
  const remembering = createRemembering({ agent: name, memory, ledger, clock, log: silentLog, validate });
  await remembering.settle();
  const drawing = remembering.run(lifetime.signal);
  lifetime.run("draw facts", drawing);
  lifetime.onClose(() => drawing.catch(() => {}));
  const turns = await openTurns({ path: home.agent(name).turns, clock, sole: true });
  lifetime.onClose(() => turns.close());
  const purse = createPurse({ agent: name, models: parts.models, spend: ledger.spend, money: parts.money });
  const summariser = purse("lite", { purpose: "summary", message: null, room: "" });
  return {
    name,
    parts,
    turns,
    summariser,
    chat(thread, approver) {
      const remembered = conversationMemory(memory, remembering, { thread, person: YOU, audience: "owner" });
      return createChat({
        ...parts,
        ...(approver === undefined ? {} : { approver }),
        agent: name,
        model: purse("standard", { purpose: "chat", message: null, room: "" }),
        summariser,
        sessions: memory.sessions,
        remembering: remembered.remembering,
        tools: () => [...parts.tools(), ...remembered.tools],
        turns,
        thread,
        clock,
      });
    },
  };
}

/** Who sits at the terminal of this machine, by the id that the Room view and `kaos room` give them. */
const YOU = { id: "owner", name: "you", isOwner: true };
