/** What the tests of MCP are made of: a gateway on a folder of its own, servers with and without manners, and calls told in one word. */
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import { type Log, silentLog, systemClock } from "../../../shared/base/index.ts";
import { loadMcpConfig } from "../../../shared/config/index.ts";
import { createGateway, type Gateway, type GatewayDeps, McpFailure } from "../../../shared/mcp/index.ts";
import { visible } from "../../../shared/security/index.ts";
import { contextOf, writeConfig } from "./outside-vitest.ts";

export const EVERYTHING = createRequire(import.meta.url).resolve(
  "@modelcontextprotocol/server-everything/dist/index.js",
);
const RUDE = fileURLToPath(new URL("./rude-server.ts", import.meta.url));

/** An entry of `mcp.json` for the server without manners. */
export function rude(manner: string, file = "", more: object = {}): object {
  return { command: process.execPath, args: ["--disable-warning=ExperimentalWarning", RUDE, manner, file], ...more };
}

export const everything = { command: process.execPath, args: [EVERYTHING, "stdio"] };

/** A folder that is gone after the test. */
export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "kaos-mcp-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  return folder;
}

/** A gateway that is closed with the test; nothing is started yet. */
export function openGateway(
  mcpServers: Record<string, object>,
  more: Partial<Omit<GatewayDeps, "servers">> = {},
): Gateway {
  const folder = more.folder ?? newFolder();
  const gateway = createGateway({
    servers: loadMcpConfig(writeConfig(newFolder(), mcpServers), {}).servers,
    clock: systemClock,
    log: silentLog,
    folder,
    approvedFile: join(folder, "approved.json"),
    version: "0.0.0",
    redact: (text) => text.replaceAll("hunter2", "[redacted]"),
    clean: visible,
    ...more,
  });
  onTestFinished(() => gateway.close());
  return gateway;
}

/** The same, with its servers up, as far as they come up. */
export async function startGateway(...args: Parameters<typeof openGateway>): Promise<Gateway> {
  const gateway = openGateway(...args);
  await gateway.start();
  return gateway;
}

/** What a call came to: its text, or the kind of its failure and the sentence. */
export type Told = { text: string } | { kind: string; because: string };

/** Runs a tool by its name in the engine. An input that the schema refuses is no call. */
export async function call(
  gateway: Gateway,
  name: string,
  input: unknown = {},
  signal = new AbortController().signal,
): Promise<Told> {
  const tool = gateway.tools().find((one) => one.name === name);
  if (tool === undefined)
    return {
      kind: "no such tool",
      because: gateway
        .tools()
        .map((one) => one.name)
        .join(" "),
    };
  const parsed = tool.input.safeParse(input);
  if (!parsed.success) return { kind: "bad arguments", because: parsed.error.issues[0]?.message ?? "" };
  try {
    const result = await tool.run(parsed.data, contextOf(signal));
    return { text: "text" in result ? result.text : "" };
  } catch (error) {
    if (error instanceof McpFailure) return { kind: error.kind, because: error.message };
    return { kind: (error as Error).name, because: (error as Error).message };
  }
}

/** Resolves with the gateway's first server once it is in this health; the log is what tells. */
export function watchedLog(): { log: Log; until(what: (health: string, because: string) => boolean): Promise<string> } {
  const seen: { health: string; because: string }[] = [];
  const watchers = new Set<() => void>();
  const info: Log["info"] = (event, fields) => {
    if (event !== "mcp server") return;
    seen.push(fields as { health: string; because: string });
    for (const look of watchers) look();
  };
  return {
    log: { ...silentLog, info },
    until: (what) =>
      new Promise((resolve) => {
        const look = () => {
          const at = seen.findIndex(({ health, because }) => what(health, because));
          if (at === -1) return;
          watchers.delete(look);
          resolve(seen.splice(0, at + 1).at(-1)?.because ?? "");
        };
        watchers.add(look);
        look();
      }),
  };
}

/** Whether there is such a process, a zombie not counted. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Resolves once there is no such process. */
export async function gone(pid: number): Promise<void> {
  while (isAlive(pid)) await systemClock.sleep(20);
}
