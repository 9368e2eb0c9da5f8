/** Opens a page in the chat's browser. */
import { z } from "zod";
import { defineTool, type Tool } from "../../engine/index.ts";
import { ADDRESS_CHARACTERS_MAX } from "../pages/door.ts";
import { type Browsing, inPage, tellPage } from "./page.ts";
import { REFUSED } from "./proxy.ts";

export function browserOpen(browsing: Browsing): Tool {
  return defineTool({
    name: "browser-open",
    description:
      "Open a page in a real browser, for pages that fetch-page cannot read. Shows what is on it, with marks.",
    input: z.strictObject({
      url: z
        .url({ protocol: /^https?$/, error: "write a whole address with https:// or http://" })
        .max(ADDRESS_CHARACTERS_MAX),
    }),
    // The window's page changes, and nothing in the world.
    effects: "local",
    risk: "safe",
    source: "outside",
    parallel: false,
    run: ({ url }, context) =>
      inPage(browsing, context, async (page, here) => {
        const answer = await page.goto(url, { waitUntil: "domcontentloaded" }).catch((error: unknown) => ({ error }));
        if (answer === null) return tellPage(here);
        const refused = "error" in answer || answer.status() === REFUSED;
        const [refusal] = refused ? await here.windows.refusals(here.chat) : [];
        if (refusal !== undefined) return `Not opened: ${refusal}.`;
        if ("error" in answer) throw answer.error;
        return tellPage(here);
      }),
    // Opening a page again is harmless.
    settled: async () => undefined,
  });
}
