export { readWords, type Understood } from "./read-words.ts";
export { type Added, isJobName, nameFor, readAdded, writeAdded } from "./reminder.ts";
export {
  type Checked,
  checkSchedule,
  follow,
  instantsBetween,
  isTimeZone,
  localTime,
  type Next,
  type Schedule,
  tellSchedule,
} from "./schedule.ts";
export { zoneIn } from "./zone.ts";
