/** How a finding reads: the items, then why the person is told and how to make it quieter. */
import { cut } from "../../shared/base/index.ts";
import type { Delivery } from "../../shared/ledger/index.ts";
import type { Item, JobResult } from "../jobs/job.ts";

/** More is not read; the rest is counted. */
const ITEMS_MAX = 12;
const TITLE_CHARACTERS_MAX = 160;
const TEXT_CHARACTERS_MAX = 600;

/** The finding itself. */
export function wordResult({ summary, items = [] }: JobResult): string {
  const shown = items.slice(0, ITEMS_MAX).map(wordItem);
  const rest = items.length - shown.length;
  return [...(items.length === 1 ? [] : [summary]), ...shown, ...(rest > 0 ? [`… and ${rest} more.`] : [])].join(
    "\n\n",
  );
}

/** A message that goes out now, with the reason why and how to ask about it or make it quieter. */
export function wordNow(text: string, { id, job, because }: { id: number; job: string; because: string }): string {
  return `${text}\n\n— ${job}: ${because}. More: kaos jobs why ${id}. Quieter: kaos jobs mute ${job}`;
}

/** What was held, in one message; `left` more wait for the next. */
export function wordDigest(held: readonly Pick<Delivery, "id" | "job" | "text" | "because">[], left: number): string {
  const jobs = [...new Set(held.map(({ job }) => job))];
  const sections = jobs.map((job) => {
    const own = held.filter((one) => one.job === job);
    const why = own.map(({ id, because }) => `#${id}: ${because}`).join("; ");
    return `**${job}** (${why})\n\n${own.map(({ text }) => text).join("\n\n")}`;
  });
  const rest = left > 0 ? `\n\n… and ${left} more with the next digest.` : "";
  return `${sections.join("\n\n")}${rest}\n\n— digest: kept together so as not to disturb you. More: kaos jobs why <number>. Quieter: kaos jobs mute <job>`;
}

function wordItem({ title, text, url }: Item): string {
  const name = cut(title, TITLE_CHARACTERS_MAX);
  const head =
    url === undefined
      ? `• ${name}`
      : `• [${name.replaceAll(/[[\]]/g, "")}](${url.replaceAll("(", "%28").replaceAll(")", "%29")})`;
  return text === undefined || text === "" ? head : `${head}\n  ${cut(text, TEXT_CHARACTERS_MAX)}`;
}
