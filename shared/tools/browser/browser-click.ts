/** Clicks on the page that is open, which may send a form, buy or delete. */
import { z } from "zod";
import { defineTool, type Tool } from "../../engine/index.ts";
import { type Browsing, element, elementOf, inPage, tellPage } from "./page.ts";

export function browserClick(browsing: Browsing): Tool {
  return defineTool({
    name: "browser-click",
    description:
      "Click an element of the open page. A click may send something, so a person must allow it; to follow a link use browser-open.",
    input: z.strictObject({
      element,
      what: z.string().trim().min(1).max(200).describe("what it is and does, for the person who allows it"),
    }),
    effects: "external",
    risk: "risky",
    source: "outside",
    parallel: false,
    run: ({ element }, context) =>
      inPage(browsing, context, async (page, here) => {
        await elementOf(page, element).click();
        return tellPage(here);
      }),
  });
}
