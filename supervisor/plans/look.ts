/** Looks at the page that a step of a plan waits for, through the one way out to the web. */
import { messageOf } from "../../shared/base/index.ts";
import type { Looked, PlanWait } from "../../shared/ledger/index.ts";
import { type Egress, looksLikeHtml, readHtml } from "../../shared/security/index.ts";
import { findOn } from "./find-on.ts";

const PAGE_BYTES_MAX = 3_000_000;
/** Shorter than the lease of a look. */
const DEADLINE_MS = 30_000;

/** Rejects only when the signal says stop: whatever the page does is a finding. */
export async function look(egress: Egress, wait: PlanWait, signal: AbortSignal): Promise<Looked> {
  if (wait.kind !== "page" && wait.kind !== "number") return { failed: "there is no page to look at" };
  const headers = { "user-agent": "KAOS", accept: "text/html, application/json, text/plain, */*" };
  const got = await egress.fetch(wait.url, { signal, headers, bytesMax: PAGE_BYTES_MAX, deadlineMs: DEADLINE_MS });
  if (!got.fetched) return { failed: got.because };
  if (got.status !== 200) return { failed: `${URL.parse(wait.url)?.host} answered ${got.status}` };
  try {
    const text = got.body.toString("utf8");
    return findOn(looksLikeHtml(text) ? await readHtml(text) : text, wait);
  } catch (error) {
    return { failed: `the page cannot be read: ${messageOf(error)}` };
  }
}
