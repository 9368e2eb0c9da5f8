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
    name: "demo-seed",
    group: BEGIN,
    summary: "a week of made-up data for every view, in a home of its own",
    load: async () => (await import("./demo-seed.ts")).demoSeed,
  },
  {
    name: "init",
    group: BEGIN,
    summary: "a model, an agent and a job of your own, tried before they are written down",
    load: async () => (await import("./init.ts")).init,
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
    summary: "what the swarm did; pause or resume it, or one agent",
    load: async () => (await import("./swarm.ts")).swarm,
  },

  {
    name: "telegram",
    group: TALK,
    summary: "log the agents' accounts in, and check them",
    load: async () => (await import("./telegram.ts")).telegram,
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
    name: "sessions",
    group: LOOK,
    summary: "conversations, and what of them is told as a summary",
    load: async () => (await import("./sessions.ts")).sessions,
  },
  {
    name: "turns",
    group: LOOK,
    summary: "what agents did in their turns; resume or fork one",
    load: async () => (await import("./turns.ts")).turns,
  },
  {
    name: "approvals",
    group: SWARM,
    summary: "calls that wait for your word, and what you allow for longer",
    load: async () => (await import("./approvals.ts")).approvals,
  },
  {
    name: "jobs",
    group: SWARM,
    summary: "what runs by itself, and when; pause, run now, add your own",
    load: async () => (await import("./jobs.ts")).jobs,
  },
  {
    name: "expenses",
    group: SWARM,
    summary: "what was read out of your receipts; book or refuse what is doubtful",
    load: async () => (await import("./expenses.ts")).expenses,
  },
  {
    name: "plans",
    group: SWARM,
    summary: "work that takes days: its steps, what they wait for, your word on it",
    load: async () => (await import("./plans.ts")).plans,
  },
  {
    name: "backup",
    group: SWARM,
    summary: "a copy of this home, tried by restoring it",
    load: async () => (await import("./backup.ts")).backup,
  },
  {
    name: "restore",
    group: SWARM,
    summary: "bring a backup back into an empty home, or check this one",
    load: async () => (await import("./restore.ts")).restore,
  },
  {
    name: "upgrade",
    group: SWARM,
    summary: "bring this home to a newer KAOS: tried on copies, with a way back",
    load: async () => (await import("./upgrade.ts")).upgrade,
  },
  {
    name: "export",
    group: SWARM,
    summary: "all that is yours as one archive in open formats",
    load: async () => (await import("./export.ts")).exportCommand,
  },
  {
    name: "import",
    group: SWARM,
    summary: "bring such an archive into this home; try it dry first",
    load: async () => (await import("./import.ts")).importCommand,
  },
  {
    name: "import-from",
    group: BEGIN,
    summary: "what you said and noted elsewhere: ChatGPT, Claude, Obsidian, Telegram, Letta, OpenClaw, Hermes",
    load: async () => (await import("./import-from.ts")).importFrom,
  },
  {
    name: "audit",
    group: LOOK,
    summary: "are the logs of tool calls as they were written, and what is in them",
    load: async () => (await import("./audit.ts")).audit,
  },
  {
    name: "policy",
    group: LOOK,
    summary: "every setting in force, and who said it",
    load: async () => (await import("./policy.ts")).policy,
  },
  {
    name: "config",
    group: BEGIN,
    summary: "look up a setting, or write it into .env",
    load: async () => (await import("./config.ts")).config,
  },
  {
    name: "memory",
    group: LOOK,
    summary: "what agents remember and why; search, forget, consolidate",
    load: async () => (await import("./memory.ts")).memory,
  },
  {
    name: "mcp",
    group: LOOK,
    summary: "MCP servers that agents use, and the swarm as one",
    load: async () => (await import("./mcp.ts")).mcp,
  },
  {
    name: "skills",
    group: BEGIN,
    summary: "what agents know how to do: packs, skills from elsewhere, drafts",
    load: async () => (await import("./skills.ts")).skills,
  },
  {
    name: "templates",
    group: BEGIN,
    summary: "five agents to begin with, and an agent of your own",
    load: async () => (await import("./templates.ts")).templates,
  },
  {
    name: "security",
    group: LOOK,
    summary: "what the security layers make of a text",
    load: async () => (await import("./security.ts")).security,
  },
  {
    name: "sandbox",
    group: LOOK,
    summary: "does each wall around agents' own code hold here",
    load: async () => (await import("./sandbox.ts")).sandbox,
  },
  {
    name: "eval",
    group: LOOK,
    summary: "recorded turns as scenarios: play them without keys, see what changed",
    load: async () => (await import("./eval.ts")).evalCommand,
  },
  {
    name: "sim",
    group: LOOK,
    summary: "simulate a swarm with all that can go wrong, and check its promises",
    load: async () => (await import("./sim.ts")).sim,
  },
];
