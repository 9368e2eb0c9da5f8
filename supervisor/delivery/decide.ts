/** Whether a person is disturbed now. Pure: what counts is handed in. */
import { MUTED, type Severity } from "../../shared/ledger/index.ts";

export type Situation = {
  severity: Severity;
  now: number;
  /** The job is to keep quiet until then; MUTED: for good. */
  quietUntil: number;
  /** It is night for this person. */
  quietHours: boolean;
  /** Messages of jobs that this person got today, over all agents, and how many there may be. */
  toldToday: number;
  messagesMax: number;
};

export type Decision = { state: "queued" | "held" | "dropped"; because: string };

export function decide({ severity, now, quietUntil, quietHours, toldToday, messagesMax }: Situation): Decision {
  if (quietUntil === MUTED) return { state: "dropped", because: "you muted this job" };
  if (quietUntil > now) return { state: "held", because: "you snoozed this job" };
  if (severity === "urgent") return { state: "queued", because: "it is urgent" };
  if (severity === "info") return { state: "held", because: "it can wait for the digest" };
  if (quietHours) return { state: "held", because: "it came in your quiet hours" };
  if (toldToday >= messagesMax)
    return { state: "held", because: `you got ${toldToday} messages of jobs today, and ${messagesMax} are enough` };
  return { state: "queued", because: "it is worth knowing now" };
}

/** Whether this minute of the day lies in the quiet hours, which may go over midnight. Equal ends mean none. */
export function inQuietHours(minute: number, { from, to }: { from: string; to: string }): boolean {
  const [start, end] = [minutesOf(from), minutesOf(to)];
  return start <= end ? minute >= start && minute < end : minute >= start || minute < end;
}

/** Minutes since midnight of "22:30". */
function minutesOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(":").map(Number);
  return hours * 60 + minutes;
}
