/** MCP servers for the length of one command: in a folder of their own, so that those of a running agent are left alone. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nearest, silentLog } from "../../shared/base/index.ts";
import { loadAddedServers, loadMcpConfig, type McpServerConfig, programVersion } from "../../shared/config/index.ts";
import { type Authorize, createGateway, type Gateway, type Probed, probeServer } from "../../shared/mcp/index.ts";
import { createRedactor, visible } from "../../shared/security/index.ts";
import type { Context } from "../context.ts";
import { CommandFailed, WrongUsage } from "../failures.ts";

type More = { authorize?: Authorize; loginFile?: (server: string) => string };

/** The servers of `mcp.json` and those that were added while running, or those of them that are named. Throws WrongUsage for a name that is not there. */
export function chooseServers({ home, raw }: Context, names: readonly string[]): McpServerConfig[] {
  const servers = [...loadMcpConfig(home.mcp, raw).servers, ...loadAddedServers(home.mcpAdded).servers];
  if (servers.length === 0)
    throw new CommandFailed(
      `There are no MCP servers yet. Add one with \`kaos mcp add\`, or write it into ${home.mcp}: { "mcpServers": { "<name>": { "command": "…", "args": […] } } }`,
    );
  const known = servers.map(({ name }) => name);
  for (const name of names.filter((one) => !known.includes(one))) {
    const near = nearest(name, known);
    throw new WrongUsage(
      `${home.mcp} has no server "${name}". ${near === undefined ? `It has ${known.join(", ")}.` : `Did you mean ${near}?`}`,
    );
  }
  return names.length === 0 ? servers : servers.filter(({ name }) => names.includes(name));
}

/** Tries one server; `secrets` are what came from the environment into an entry that is not in `mcp.json` yet. */
export function probe(
  { home, raw, clock }: Context,
  server: McpServerConfig,
  secrets: readonly string[] = [],
): Promise<Probed> {
  const redact = createRedactor({ secrets: [...loadMcpConfig(home.mcp, raw).secrets, ...secrets] });
  return probeServer(server, {
    clock,
    version: programVersion(),
    redact: (text) => String(redact(text)),
    clean: visible,
  });
}

/** Opens them, does the work, closes them and forgets what they left. */
export async function withServers<Result>(
  { home, raw, clock }: Context,
  servers: readonly McpServerConfig[],
  more: More,
  work: (gateway: Gateway) => Promise<Result>,
): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), "kaos-mcp-"));
  const { secrets } = loadMcpConfig(home.mcp, raw);
  const redact = createRedactor({ secrets });
  const gateway = createGateway({
    servers,
    clock,
    log: silentLog,
    folder,
    approvedFile: home.mcpApproved,
    version: programVersion(),
    redact: (text) => String(redact(text)),
    clean: visible,
    ...more,
  });
  try {
    await gateway.start();
    return await work(gateway);
  } finally {
    await gateway.close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
