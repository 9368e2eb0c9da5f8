/** Takes what jobs found to a person: at once, in the digest, or not at all. */
import { type Clock, splitText } from "../../shared/base/index.ts";
import type { Delivery, Ledger } from "../../shared/ledger/index.ts";
import type { Automations } from "../automations.ts";
import type { Job, JobResult } from "../jobs/job.ts";
import { dayOf } from "../schedule/day.ts";
import { decide, inQuietHours } from "./decide.ts";
import { wordDigest, wordNow, wordResult } from "./word.ts";

/** Telegram takes 4,096 characters; its marks of emphasis count too. */
const PART_CHARACTERS_MAX = 3_800;
const PARTS_MAX = 4;

export type DeliveryLayer = {
  /** Decides about one finding. Undefined when there is nothing to tell, or it was told before. */
  deliver(job: Pick<Job, "name" | "agent">, result: JobResult, dueAt: number): Promise<Delivery | undefined>;
  /** Sends what was held, as one message, unless it is night. Undefined when nothing is to be sent. */
  sendDigest(dueAt: number): Promise<{ told: number } | undefined>;
};

type Deps = { ledger: Pick<Ledger, "deliveries" | "jobs">; clock: Clock; settings(): Automations };

export function createDelivery({ ledger, clock, settings }: Deps): DeliveryLayer {
  const { deliveries, jobs } = ledger;
  return {
    async deliver({ name, agent }, result, dueAt) {
      if (!result.changed || (result.items ?? []).length === 0) return undefined;
      const { room, agent: first, quietHours, messagesPerDayMax, timeZone } = settings();
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
      const parts = partsOf(wordNow(text, name, because));
      return deliveries.say({
        job: name,
        key: `${name} ${dueAt}`,
        severity,
        agent: agent ?? first,
        room,
        text,
        state,
        because,
        parts,
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
        agent,
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
