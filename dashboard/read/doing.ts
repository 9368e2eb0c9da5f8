/** What each agent is doing at this moment. */
import type { AgentRow, Ledger } from "../../shared/ledger/index.ts";
import { claimStanding, type Scene } from "../parts/standing.ts";
import type { Tone } from "../parts/word.ts";

export type Doing = {
  agent: AgentRow;
  tone: Tone;
  word: string;
  /** Nothing that a person would wait for. */
  idle: boolean;
  /** A pause of its own is in force. */
  paused: boolean;
};

/** Reads the roster and the answers that are being written. */
export async function readScene(ledger: Ledger, now: number): Promise<Scene> {
  const [roster, drafts] = await Promise.all([ledger.agents.roster(), ledger.drafts.all()]);
  return { now, roster, drafts };
}

/** One row an agent, by name. A pause and an agent that is down come before what its claims say. */
export async function readDoing(ledger: Ledger, scene: Scene): Promise<Doing[]> {
  const [pauses, [newest]] = await Promise.all([ledger.controls.active(), ledger.messages.roots(1)]);
  const judgements = newest === undefined ? [] : await ledger.judgements.ofMessage(newest.seq);
  return Promise.all(
    scene.roster.map(async (agent): Promise<Doing> => {
      const own = pauses.some(({ scope, name }) => scope === "agent" && name === agent.name);
      return { agent, paused: own, ...(await standingOf(agent, own || pauses.some(({ scope }) => scope === "swarm"))) };
    }),
  );

  async function standingOf(agent: AgentRow, paused: boolean): Promise<Pick<Doing, "tone" | "word" | "idle">> {
    if (!agent.alive) return { tone: "stop", word: "down", idle: true };
    if (paused) return { tone: "wait", word: "paused", idle: true };
    const claims = await ledger.claims.open(agent.name);
    const busiest =
      claims.find(({ state }) => state === "holding") ??
      claims.find(({ state }) => state === "delivering") ??
      claims[0];
    if (busiest !== undefined) return { ...claimStanding(busiest, scene), idle: false };
    const judges = judgements.some(({ state, by }) => state === "asking" && by === agent.name);
    return judges ? { tone: "wait", word: "judging", idle: false } : { tone: "ok", word: "alive", idle: true };
  }
}
