/** What KAOS offers to other programs over MCP: reading what the swarm did, and, where that is asked for, a question to it. */
import { z } from "zod";
import { type Clock, OperationalError } from "../../shared/base/index.ts";
import { defineTool, type Tool } from "../../shared/engine/index.ts";
import { type Ledger, type Message, storyOf, whyUnsaid } from "../../shared/ledger/index.ts";
import { MAIN_ROOM } from "../../shared/transport/index.ts";
import { post } from "../room/post.ts";
import { untilSettled } from "../room/wait.ts";
import { tellStory } from "../tell-story.ts";
import type { Paint } from "../terminal/paint.ts";

/** What a client may do: read, or also ask. */
export const scopes = ["read", "ask"] as const;
export type Scope = (typeof scopes)[number];

class NotOffered extends OperationalError {
  override readonly name = "NotOffered";
}

type Offer = {
  ledger: Ledger;
  clock: Clock;
  scope: Scope;
  /** For texts that are laid out as in a terminal; without colours where nobody sees them. */
  paint: Paint;
  /** Finds what an agent remembers of this; without it memory is not offered. */
  searchMemory?: (agent: string, question: string, limit: number, signal: AbortSignal) => Promise<string[]>;
};

const MESSAGES_MAX = 50;
const WIDTH = 100;
/** The longest delay of any tier, and time to think and to send. */
const WAIT_MAX_MS = 180_000;

/** The tools of this scope. Reading is always among them. */
export function offerTools(offer: Offer): Tool[] {
  const reading = [readLedger(offer), ...(offer.searchMemory === undefined ? [] : [searchMemory(offer.searchMemory)])];
  return offer.scope === "read" ? reading : [...reading, askAgent(offer), askSwarm(offer)];
}

const readOnly = { effects: "none", risk: "safe", source: "trusted", parallel: true } as const;
/** Whoever is asked answers in the room, where everybody reads it. */
const asking = { effects: "local", risk: "safe", source: "trusted", parallel: false } as const;

function readLedger({ ledger, clock, paint }: Offer): Tool {
  return defineTool({
    ...readOnly,
    name: "read-ledger",
    description:
      "What the swarm's ledger holds: `agents` lists who is in the swarm, `messages` the last things said in the room, `why` what each agent decided about one message.",
    input: z.strictObject({
      about: z.enum(["agents", "messages", "why"]),
      limit: z.int().min(1).max(MESSAGES_MAX).default(20).describe("for `messages`"),
      message: z.int().min(1).optional().describe("for `why`: the number of a message, as in `messages`"),
    }),
    async run({ about, limit, message = 0 }) {
      switch (about) {
        case "agents": {
          const roster = await ledger.agents.roster();
          const lines = roster.map(({ name, role, alive }) => `${name} (${alive ? "up" : "down"}): ${role}`);
          return { text: lines.join("\n") || "No agent has ever run here." };
        }
        case "messages": {
          const said = await ledger.messages.latest(MAIN_ROOM, limit);
          return { text: said.map(line).join("\n") || "Nothing was said yet." };
        }
        case "why": {
          const story = await storyOf(ledger, message);
          if (story === undefined)
            throw new NotOffered(`There is no message #${message}. \`messages\` lists those there are.`);
          return { text: tellStory(story, { paint, width: WIDTH, now: clock.now() }) };
        }
      }
    },
  });
}

function searchMemory(search: NonNullable<Offer["searchMemory"]>): Tool {
  return defineTool({
    ...readOnly,
    name: "search-memory",
    description: "What one agent remembers of something, as far as everybody in the room may know it.",
    input: z.strictObject({
      agent: z.string().max(40),
      question: z.string().min(1).max(500),
      limit: z.int().min(1).max(50).default(10),
    }),
    run: async ({ agent, question, limit }, { signal }) => {
      const found = await search(agent, question, limit, signal);
      return { text: found.map((fact) => `- ${fact}`).join("\n") || `${agent} remembers nothing of it.` };
    },
  });
}

function askAgent(offer: Offer): Tool {
  return defineTool({
    ...asking,
    name: "ask-agent",
    description: "Asks one agent of the swarm in the room, and waits for its answer.",
    input: z.strictObject({ agent: z.string().max(40), question: z.string().min(1).max(4_000) }),
    async run({ agent, question }, { signal }) {
      const roster = await offer.ledger.agents.roster();
      const asked = roster.find(({ name, aliases }) => [name, ...aliases].includes(agent.toLowerCase()));
      if (asked === undefined)
        throw new NotOffered(`There is no agent "${agent}". Known are ${roster.map(({ name }) => name).join(", ")}.`);
      if (!asked.alive) throw new NotOffered(`${asked.name} is not up. \`kaos up\` starts it.`);
      return { text: await askRoom(offer, `@${asked.name} ${question}`, signal) };
    },
  });
}

function askSwarm(offer: Offer): Tool {
  return defineTool({
    ...asking,
    name: "ask-swarm",
    description: "Asks all agents in the room; those whose subject it is answer, two at most.",
    input: z.strictObject({ question: z.string().min(1).max(4_000) }),
    run: async ({ question }, { signal }) => ({ text: await askRoom(offer, question, signal) }),
  });
}

/** The answers, or why there is none. */
async function askRoom({ ledger, clock }: Offer, text: string, signal: AbortSignal): Promise<string> {
  const refusal = whyUnsaid(text);
  if (refusal !== undefined) throw new NotOffered(refusal);
  if (!(await ledger.agents.roster()).some(({ alive }) => alive))
    throw new NotOffered("Nobody is up. `kaos up` starts the swarm.");
  const seq = await post(ledger, clock, text);
  const { answers } = await untilSettled(ledger, seq, { signal, atMostMs: WAIT_MAX_MS, now: clock.now });
  if (answers.length > 0) return answers.map((answer) => `${answer.sender.name}: ${answer.text}`).join("\n\n");
  return `Nobody answered message #${seq}. \`read-ledger\` tells why.`;
}

function line({ seq, sender, text, deletedAt }: Message): string {
  return `#${seq} ${sender.name}: ${deletedAt === null ? text : "(deleted)"}`;
}
