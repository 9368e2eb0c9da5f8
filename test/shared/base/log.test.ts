import { spawnSync } from "node:child_process";
import { closeSync, existsSync, openSync } from "node:fs";
import { fileURLToPath } from "node:url";
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
    providers: [{ headers: { authorization: "[redacted]" } }],
    since: "1970-01-01T00:00:00.000Z",
  });
  expect(lines.join()).not.toContain("t0p-s3cret");
  expect(failure).toMatchObject({
    msg: "part failed",
    error: { name: "Error", message: "the cable is out", stack: expect.stringContaining("log-child.ts") },
  });
  expect(more).toEqual([]);
});

test.skipIf(!existsSync("/dev/full"))("a log whose file is on a full disk ends nobody (needs /dev/full)", () => {
  const full = openSync("/dev/full", "w");
  const file = fileURLToPath(new URL("log-child.ts", import.meta.url));
  const { status, stderr } = spawnSync(process.execPath, [file], {
    stdio: ["ignore", full, "pipe"],
    encoding: "utf8",
    timeout: 120_000,
  });
  closeSync(full);
  expect({ status, stderr: stderr.replace(/^.*ExperimentalWarning.*\n.*trace-warnings.*\n/m, "") }).toEqual({
    status: 0,
    stderr: "",
  });
});
