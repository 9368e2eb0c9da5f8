/** Every command, in the order `kaos --help` shows them. A command's own file is read when it is asked for. */
import type { Define } from "./command.ts";

export type Entry = { name: string; group: string; summary: string; load(): Promise<Define> };

const BEGIN = "Begin:";
const SWARM = "The swarm:";
const TALK = "Talk:";
const LOOK = "Look closer:";

export const commands: readonly Entry[] = [
  {
    name: "demo",
    group: BEGIN,
    summary: "see six agents at work; no key, no account",
    load: async () => (await import("./demo.ts")).demo,
  },
  {
    name: "doctor",
    group: BEGIN,
    summary: "what stops KAOS here, what limits it, and what to do",
    load: async () => (await import("./doctor.ts")).doctor,
  },

  {
    name: "up",
    group: SWARM,
    summary: "start the agents and the supervisor",
    load: async () => (await import("./up.ts")).up,
  },
  {
    name: "down",
    group: SWARM,
    summary: "stop everything of this home",
    load: async () => (await import("./down.ts")).down,
  },
  {
    name: "restart",
    group: SWARM,
    summary: "restart all, or some",
    load: async () => (await import("./restart.ts")).restart,
  },
  {
    name: "status",
    group: SWARM,
    summary: "what runs, since when, how much it takes",
    load: async () => (await import("./status.ts")).status,
  },
  {
    name: "logs",
    group: SWARM,
    summary: "what the processes wrote",
    load: async () => (await import("./logs.ts")).logs,
  },
  {
    name: "swarm",
    group: SWARM,
    summary: "pause or resume the swarm, or one agent",
    load: async () => (await import("./swarm.ts")).swarm,
  },

  {
    name: "room",
    group: TALK,
    summary: "be in the group: read along, write",
    load: async () => (await import("./room.ts")).room,
  },
  {
    name: "chat",
    group: TALK,
    summary: "talk to one agent alone; no swarm needed",
    load: async () => (await import("./chat.ts")).chat,
  },
  {
    name: "run",
    group: TALK,
    summary: "one agent with jobs and control room, in one process",
    load: async () => (await import("./run.ts")).run,
  },

  {
    name: "dashboard",
    group: LOOK,
    summary: "a link into the control room",
    load: async () => (await import("./dashboard.ts")).dashboard,
  },
  {
    name: "why",
    group: LOOK,
    summary: "who decided what about a message, and why",
    load: async () => (await import("./why.ts")).why,
  },
  {
    name: "sim",
    group: LOOK,
    summary: "simulate a swarm with all that can go wrong, and check its promises",
    load: async () => (await import("./sim.ts")).sim,
  },
];
