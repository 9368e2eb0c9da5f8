/** Takes what jobs found to a person: at once, in the digest, or not at all. */
import type { Clock } from "../../shared/base/index.ts";
import type { Delivery, Ledger } from "../../shared/ledger/index.ts";
import type { Automations } from "../automations.ts";
import type { Job, JobResult } from "../jobs/job.ts";
import { HERE_WITHIN_MS } from "../minds.ts";
import { dayOf } from "../schedule/day.ts";
import { decide, inQuietHours } from "./decide.ts";
import { fits, partsOf } from "./parts.ts";
import { wordDigest, wordNow, wordResult } from "./word.ts";

type Digest = { told: number; rooms: number; left: number };

export type DeliveryLayer = {
  /** Decides about one finding, and writes its notes with it. Undefined when there is nothing to tell, or it was told before. */
  deliver(job: Pick<Job, "name" | "agent" | "room">, result: JobResult, dueAt: number): Promise<Delivery | undefined>;
  /**
   * Sends what was held, as one message in each room that it is for, unless it is night. What does not fit is `left` for the
   * next digest. Undefined when nothing is to be sent.
   */
  sendDigest(dueAt: number): Promise<Digest | undefined>;
};

type Deps = { ledger: Pick<Ledger, "deliveries" | "jobs" | "agents">; clock: Clock; settings(): Automations };

export function createDelivery({ ledger, clock, settings }: Deps): DeliveryLayer {
  const { deliveries, jobs } = ledger;
  /** A message in the name of an agent that is not here would wait for it, perhaps for ever. */
  async function voiceOf(...preferred: readonly string[]): Promise<string> {
    const since = clock.now() - HERE_WITHIN_MS;
    const names = (await ledger.agents.roster()).filter(({ beatAt }) => beatAt >= since).map((row) => row.name);
    return preferred.find((name) => names.includes(name)) ?? names[0] ?? preferred[0] ?? "";
  }
  return {
    async deliver({ name, agent, room: own }, result, dueAt) {
      const { notes = [], asks = [] } = result;
      if (!result.changed || (result.items ?? []).length === 0) {
        if (notes.length > 0) await jobs.remember(name, notes);
        return undefined;
      }
      const { agent: first, quietHours, messagesPerDayMax, timeZone, ...spoken } = settings();
      const room = own ?? spoken.room;
      const now = clock.now();
      const { minute, startedAt } = dayOf(now, timeZone);
      const severity = result.severity ?? "info";
      const { state, because } = decide({
        severity,
        now,
        quietUntil: (await jobs.standing(name)).quietUntil,
        quietHours: inQuietHours(minute, quietHours),
        toldToday: await deliveries.toldSince(room, startedAt),
        messagesMax: messagesPerDayMax,
      });
      const text = wordResult(result);
      return deliveries.say({
        job: name,
        key: `${name} ${dueAt}`,
        severity,
        agent: await voiceOf(...(agent === undefined ? [] : [agent]), first),
        room,
        text,
        state,
        because,
        evidence: result.evidence ?? [],
        notes,
        asks,
        parts: (id) => partsOf(wordNow(text, { id, job: name, because })),
      });
    },
    async sendDigest(dueAt) {
      const { agent, quietHours, timeZone } = settings();
      const now = clock.now();
      if (inQuietHours(dayOf(now, timeZone).minute, quietHours)) return undefined;
      const standings = new Map((await jobs.standings()).map((one) => [one.name, one.quietUntil]));
      const held = (await deliveries.held()).filter(({ job }) => (standings.get(job) ?? 0) <= now);
      const sent: Digest = { told: 0, rooms: 0, left: 0 };
      for (const [room, waiting] of Map.groupBy(held, (one) => one.room)) {
        const { told, text } = digestOf(waiting);
        const said = await deliveries.say({
          job: "send-digest",
          key: `send-digest ${dueAt} ${room}`,
          severity: "info",
          agent: await voiceOf(agent),
          room,
          text,
          state: "queued",
          because: "the digest of the day",
          parts: partsOf(text),
          holds: told.map(({ id }) => id),
        });
        if (said === undefined) continue;
        sent.told += told.length;
        sent.rooms++;
        sent.left += waiting.length - told.length;
      }
      return sent.rooms === 0 ? undefined : sent;
    },
  };
}

/** The oldest, whole, while they fit; the first in any case, for it never gets shorter. */
function digestOf(held: readonly Delivery[]): { told: readonly Delivery[]; text: string } {
  const word = (count: number) => wordDigest(held.slice(0, count), held.length - count);
  let count = 1;
  while (count < held.length && fits(word(count + 1))) count++;
  return { told: held.slice(0, count), text: word(count) };
}
