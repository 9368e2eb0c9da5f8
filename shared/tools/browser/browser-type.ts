/** Fills a field of the page that is open. */
import { z } from "zod";
import { defineTool, type Tool } from "../../engine/index.ts";
import { type Browsing, element, elementOf, inPage } from "./page.ts";

export function browserType(browsing: Browsing): Tool {
  return defineTool({
    name: "browser-type",
    description:
      "Fill a field of the open page, or choose from a list by what it shows. What was there is replaced; nothing is sent.",
    input: z.strictObject({ element, text: z.string().max(10_000).describe("the whole text") }),
    // The page's scripts see each character, and may send it where they like.
    effects: "external",
    risk: "safe",
    source: "outside",
    parallel: false,
    run: ({ element, text }, context) =>
      inPage(browsing, context, async (page) => {
        const field = elementOf(page, element);
        const isList = (await field.evaluate((node) => node.nodeName)) === "SELECT";
        if (isList) await field.selectOption({ label: text });
        else await field.fill(text);
        return `Filled: ${element}.`;
      }),
    // Filling it again comes to the same.
    settled: async () => undefined,
  });
}
