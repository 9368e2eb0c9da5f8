/** The views of the control room, in the order of the navigation. */
import type { View } from "../view.ts";
import { overview } from "./overview.ts";
import { room } from "./room.ts";
import { swarm } from "./swarm.ts";

export const views: readonly View[] = [overview, room, swarm];
