import { expect, test } from "vitest";
import { startChild } from "../child.ts";

test("a log is JSON lines that name their process and never carry what is called a secret", async () => {
  const { lines } = await startChild(new URL("log-child.ts", import.meta.url)).end();
  const [login, failure, ...more] = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(login).toMatchObject({
    process: "kronos",
    msg: "logged in",
    token: "[redacted]",
    provider: { apiKey: "[redacted]", name: "local" },
  });
  expect(failure).toMatchObject({
    msg: "part failed",
    error: { name: "Error", message: "the cable is out", stack: expect.stringContaining("log-child.ts") },
  });
  expect(more).toEqual([]);
});
