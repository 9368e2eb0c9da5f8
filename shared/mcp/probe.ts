/** Tries a server out: starts or reaches it, asks what it offers, and leaves nothing behind. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Clock, silentLog } from "../base/index.ts";
import type { McpServerConfig } from "../config/index.ts";
import type { RawTool } from "./connection.ts";
import { createGateway, type McpState } from "./gateway.ts";

export type ProbeDeps = {
  clock: Clock;
  /** Our version, as the server hears it. */
  version: string;
  /** Takes secrets out of what the server writes to stderr. */
  redact(text: string): string;
  /** Takes out of a description what a person cannot see. */
  clean(text: string): string;
};

/** So long a server that answers may add to what it offers. */
const SETTLE_MS = 750;

export type Probed = { state: McpState; tools: readonly RawTool[] };

/**
 * How the server is, and its definitions. It hears that we can be asked things, as it hears from an agent, because some servers
 * offer less to others; what it asks is refused. Never rejects: a server that cannot be used is `broken` or `off`.
 */
export async function probeServer(server: McpServerConfig, deps: ProbeDeps): Promise<Probed> {
  const folder = mkdtempSync(join(tmpdir(), "kaos-mcp-"));
  const gateway = createGateway({
    ...deps,
    servers: [server],
    log: silentLog,
    folder,
    approvedFile: join(folder, "approved.json"),
    elicit: async () => ({ action: "decline" }),
    sample: () => Promise.reject(new Error("this is only a trial")),
  });
  try {
    await gateway.start();
    const [state] = gateway.states();
    if (state === undefined) throw new Error("a gateway with one server has one state");
    if (state.health !== "ok") return { state: { ...state, because: withoutPlans(state.because) }, tools: [] };
    // Some servers go on registering tools for a moment after the handshake.
    await deps.clock.sleep(SETTLE_MS);
    const [settled = state] = gateway.states();
    return { state: settled, tools: gateway.definitions(server.name) };
  } finally {
    await gateway.close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** When a supervisor would try again is no news about a trial. */
function withoutPlans(because: string): string {
  return because.replace(/; (?:tried again in|it fell \d+ times).*$/, "");
}
