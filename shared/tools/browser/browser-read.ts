/** Reads the page that is open in the chat's browser. */
import { z } from "zod";
import { defineTool, type Tool } from "../../engine/index.ts";
import { type Browsing, inPage, tellPage } from "./page.ts";

export function browserRead(browsing: Browsing): Tool {
  return defineTool({
    name: "browser-read",
    description: "See what is on the open page now, each element that can be used with its mark.",
    input: z.strictObject({ from: z.number().int().min(0).default(0).describe("the character to read on from") }),
    effects: "none",
    risk: "safe",
    source: "outside",
    // Two looks at once would mark the elements twice.
    parallel: false,
    run: ({ from }, context) => inPage(browsing, context, (_page, here) => tellPage(here, from)),
  });
}
