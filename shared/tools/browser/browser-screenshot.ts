/** Takes a picture of the page that is open, into the agent's workspace. */
import { z } from "zod";
import { defineTool, type Tool } from "../../engine/index.ts";
import type { Workspace } from "../files/door.ts";
import { type Browsing, inPage } from "./page.ts";

export function browserScreenshot(browsing: Browsing, workspace: Workspace): Tool {
  return defineTool({
    name: "browser-screenshot",
    description: "Keep a picture of the open page as a PNG file in your workspace, to show it to a person.",
    input: z.strictObject({
      path: z
        .string()
        .max(1_000)
        .regex(/\.png$/, "write a path that ends in .png")
        .describe("for example pictures/page.png"),
    }),
    effects: "local",
    risk: "safe",
    source: "outside",
    parallel: false,
    run: ({ path }, context) =>
      inPage(browsing, context, async (page) => {
        const picture = await page.screenshot({ type: "png", animations: "disabled" });
        await workspace.write(path, picture);
        return `Written: ${path}, ${picture.length} bytes, of ${page.url()}.`;
      }),
    settled: async () => undefined,
  });
}
