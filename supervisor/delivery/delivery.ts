/** Takes what jobs found to a person: at once, in the digest, or not at all. */
import { type Clock, splitText } from "../../shared/base/index.ts";
import type { Delivery, Ledger } from "../../shared/ledger/index.ts";
import type { Automations } from "../automations.ts";
import type { Job, JobResult } from "../jobs/job.ts";
import { HERE_WITHIN_MS } from "../minds.ts";
import { dayOf } from "../schedule/day.ts";
import { decide, inQuietHours } from "./decide.ts";
import { wordDigest, wordNow, wordResult } from "./word.ts";

/** Telegram takes 4,096 characters; its marks of emphasis count too. */
const PART_CHARACTERS_MAX = 3_800;
const PARTS_MAX = 4;

export type DeliveryLayer = {
  /** Decides about one finding. Undefined when there is nothing to tell, or it was told before. */
  deliver(job: Pick<Job, "name" | "agent" | "room">, result: JobResult, dueAt: number): Promise<Delivery | undefined>;
  /** Sends what was held, as one message, unless it is night. Undefined when nothing is to be sent. */
  sendDigest(dueAt: number): Promise<{ told: number } | undefined>;
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
      if (!result.changed || (result.items ?? []).length === 0) return undefined;
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
        parts: (id) => partsOf(wordNow(text, { id, job: name, because })),
      });
    },
    async sendDigest(dueAt) {
      const { room, agent, quietHours, timeZone } = settings();
      const now = clock.now();
      if (inQuietHours(dayOf(now, timeZone).minute, quietHours)) return undefined;
      const standings = new Map((await jobs.standings()).map((one) => [one.name, one.quietUntil]));
      const held = (await deliveries.held(room)).filter(({ job }) => (standings.get(job) ?? 0) <= now);
      if (held.length === 0) return undefined;
      const text = wordDigest(held);
      const told = await deliveries.say({
        job: "send-digest",
        key: `send-digest ${dueAt}`,
        severity: "info",
        agent: await voiceOf(agent),
        room,
        text,
        state: "queued",
        because: "the digest of the day",
        parts: partsOf(text),
        holds: held.map(({ id }) => id),
      });
      return told === undefined ? undefined : { told: held.length };
    },
  };
}

function partsOf(text: string): string[] {
  return splitText(text, PART_CHARACTERS_MAX).slice(0, PARTS_MAX);
}
