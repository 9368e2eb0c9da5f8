/** The thread that reads pages: what nobody sees of a page is taken out first, then it becomes markdown. */
import { parentPort } from "node:worker_threads";
import { messageOf } from "../shared/base/index.ts";
import { seenHtml } from "../shared/security/index.ts";
import { readable } from "../shared/tools/index.ts";
import type { PageAnswer, PageJob } from "./page-reader.ts";

parentPort?.on("message", (job: PageJob) => void answer(job));

async function answer({ id, html, url, sheets }: PageJob): Promise<void> {
  const reading = async (): Promise<PageAnswer> => ({ id, page: await readable(await seenHtml(html, sheets), url) });
  parentPort?.postMessage(await reading().catch((error: unknown) => ({ id, failed: messageOf(error) })));
}
