import type { DeliveryLayer } from "../delivery/delivery.ts";
import type { Job } from "./job.ts";

/** One message with what could wait, so that a person is disturbed once. */
export function sendDigest({
  delivery,
  digestAt,
}: {
  delivery: Pick<DeliveryLayer, "sendDigest">;
  digestAt: string;
}): Job {
  const [hours, minutes] = digestAt.split(":").map(Number);
  return {
    name: "send-digest",
    schedule: { cron: `${minutes} ${hours} * * *` },
    purpose: "sends what could wait as one message",
    timeoutMs: 60_000,
    missed: { kind: "within", ms: 6 * 3_600_000 },
    async run(_signal, { dueAt, dryRun }) {
      if (dryRun) return { changed: false, summary: "it would send what is held" };
      const sent = await delivery.sendDigest(dueAt);
      if (sent === undefined) return { changed: false, summary: "nothing is held, or it is night" };
      const { told, rooms, left } = sent;
      const messages = rooms === 1 ? "one message" : `${rooms} messages, one a room`;
      const rest = left > 0 ? `; ${left} wait for the next` : "";
      return { changed: true, summary: `told ${told} findings in ${messages}${rest}`, counters: { ...sent } };
    },
  };
}
