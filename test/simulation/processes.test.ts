/** The second proof: seven real processes, `kill -9` at random moments, and the checks of the simulator. `npm run soak:swarm` is the same for minutes. */
import { expect, test } from "vitest";
import { storm } from "../../bench/soak/storm.ts";
import { newHome } from "../cli/kaos.ts";

/** Long enough for several deaths; what was begun when the storm ends is waited for. */
const SECONDS = 20;

test("a swarm of real processes keeps its promises while agents and supervisor are killed", {
  timeout: 240_000,
}, async () => {
  const aftermath = await storm({ home: newHome(), seed: 7, seconds: SECONDS });
  expect(aftermath.broken).toEqual([]);
  expect(aftermath.agentKills + aftermath.supervisorKills).toBeGreaterThan(0);
  expect(aftermath.replies).toBeGreaterThan(aftermath.said / 3);
});
