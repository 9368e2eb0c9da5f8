/** No server outlives its agent, whatever ended the agent. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { startChild } from "../child.ts";
import { writeConfig } from "./outside-vitest.ts";
import { everything, gone, isAlive, newFolder, openGateway, rude } from "./parts.ts";

test("kill -9 of the agent ends its servers, the stubborn ones and what they started too", async () => {
  const [folder, file] = [newFolder(), join(newFolder(), "grandchild")];
  const config = writeConfig(newFolder(), { every: everything, stubborn: rude("stubborn", file) });
  const agent = startChild(new URL("./killed-agent.ts", import.meta.url), config, folder);
  const states = JSON.parse(await agent.line()) as { health: string; pid: number }[];
  expect(states).toMatchObject([{ health: "ok" }, { health: "ok" }]);
  const pids = [...states.map(({ pid }) => pid), Number(readFileSync(file, "utf8"))];
  expect(pids.every(isAlive)).toBe(true);

  agent.process.kill("SIGKILL");
  await Promise.all(pids.map(gone));
});

test.skipIf(process.platform !== "linux")(
  "one that left its group is found at the next start by its environment (needs /proc)",
  async () => {
    const folder = newFolder();
    const orphan = spawn("sleep", ["300"], { env: { ...process.env, KAOS_MCP_OWNER: folder }, detached: true });
    const stranger = spawn("sleep", ["300"], { env: { ...process.env, KAOS_MCP_OWNER: `${folder}-other` } });
    await Promise.all([once(orphan, "spawn"), once(stranger, "spawn")]);
    const ended = once(orphan, "exit");
    openGateway({}, { folder });
    expect(await ended).toEqual([null, "SIGKILL"]);
    expect(stranger.exitCode).toBeNull();
    stranger.kill("SIGKILL");
  },
);
