/** Tools of ours over HTTP: however a request ends, it leaves its place to the next one. */
import { expect, onTestFinished, test } from "vitest";
import { silentLog } from "../../../shared/base/index.ts";
import { serveToolsOverHttp } from "../../../shared/mcp/index.ts";
import { tool } from "../engine/world.ts";

const KEY = "the-key-of-this-test";

test("requests that could not be answered are not open for ever", async () => {
  // A tool behind a gate is never served: that is noticed with each request.
  const gated = { ...tool("look", async () => ({ text: "seen" })), gate: "server-ops" };
  const { url, close } = await serveToolsOverHttp({
    ...{ tools: [gated], version: "1", instructions: "", log: silentLog },
    ...{ port: 0, key: KEY },
  });
  onTestFinished(close);
  const ask = () => fetch(url, { method: "POST", headers: { authorization: `Bearer ${KEY}` }, body: "{}" });
  const statuses: number[] = [];
  for (let request = 0; request < 20; request++) {
    const response = await ask();
    await response.text();
    statuses.push(response.status);
  }
  expect(statuses).toEqual(statuses.map(() => 500));
});
