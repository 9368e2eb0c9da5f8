/** A week of the six, lived through on a false clock from `now` back: the same for the same moment. */
import type { Home } from "../../../shared/config/index.ts";
import { liveThrough } from "./exchange.ts";
import { rememberAll } from "./facts.ts";
import { type Act, jobActs } from "./jobs.ts";
import { leaveWorkOpen } from "./open-work.ts";
import { openSeeding } from "./seeding.ts";
import { week } from "./talk.ts";

const HOUR_MS = 3_600_000;
const WEEK_MS = 7 * 24 * HOUR_MS;

export type Lived = { messages: number; occurrences: number };

/** Fills an empty home. `onDay` hears how much of it is done, from 0 to 1. */
export async function liveThroughAWeek(home: Home, now: number, onDay: (done: number) => void): Promise<Lived> {
  const start = now - WEEK_MS;
  const seeding = await openSeeding(home, start);
  try {
    const talk = week.map(
      (exchange): Act => ({
        at: now - exchange.ago * HOUR_MS,
        happen: () => liveThrough(seeding, exchange),
      }),
    );
    const jobs = await jobActs(seeding, { from: start, to: now });
    const acts = [...jobs, ...talk].toSorted((one, other) => one.at - other.at);
    let day = 0;
    for (const { at, happen } of acts) {
      seeding.clock.moveTo(at);
      await happen();
      const days = Math.floor((at - start) / (24 * HOUR_MS));
      if (days > day) onDay((at - start) / WEEK_MS);
      day = days;
    }
    await rememberAll(seeding, new AbortController().signal);
    await leaveWorkOpen(seeding);
    return { messages: talk.length, occurrences: jobs.length };
  } finally {
    await seeding.close();
  }
}
