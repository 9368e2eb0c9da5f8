/** The views of the control room, in the order of the navigation. */
import type { View } from "../view.ts";
import { approvals } from "./approvals.ts";
import { audit } from "./audit.ts";
import { jobs } from "./jobs.ts";
import { logs } from "./logs.ts";
import { mcp } from "./mcp.ts";
import { memory } from "./memory.ts";
import { overview } from "./overview.ts";
import { plans } from "./plans.ts";
import { room } from "./room.ts";
import { settings } from "./settings.ts";
import { skills } from "./skills.ts";
import { swarm } from "./swarm.ts";
import { turns } from "./turns.ts";

export const views: readonly View[] = [
  overview,
  room,
  approvals,
  swarm,
  jobs,
  plans,
  skills,
  memory,
  audit,
  turns,
  logs,
  mcp,
  settings,
];
