/** How one simulated swarm is set up: what an operator would choose, drawn from the seed. */
import { dice } from "../base/index.ts";

export type Settings = {
  relevance: "swarm" | "own";
  strangers: "ignore" | "chat";
  /** Groups that all agents are members of; every second one has topics. */
  rooms: number;
};

const ROOMS_MAX = 3;

export const usualSettings: Settings = { relevance: "swarm", strangers: "ignore", rooms: 1 };

/** The settings of this seed. */
export function drawSettings(seed: number): Settings {
  return {
    relevance: dice(seed, "relevance") < 0.5 ? "swarm" : "own",
    strangers: dice(seed, "strangers") < 0.5 ? "ignore" : "chat",
    rooms: 1 + Math.floor(dice(seed, "rooms") * ROOMS_MAX),
  };
}
