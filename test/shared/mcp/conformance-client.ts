/**
 * What the conformance suite runs as the client under test: our gateway on the address it is given, which uses every tool it finds.
 * Whoever is asked for a login or for a form here always agrees.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { silentLog, systemClock } from "../../../shared/base/index.ts";
import { loadMcpConfig } from "../../../shared/config/index.ts";
import { createGateway } from "../../../shared/mcp/index.ts";
import { contextOf, writeConfig } from "./outside-vitest.ts";

const CONTEXT = z.object({ client_id: z.string().optional(), client_secret: z.string().optional() }).partial();
const env = process.env;
const context = CONTEXT.parse(JSON.parse(env["MCP_CONFORMANCE_CONTEXT"] ?? "{}"));
const folder = mkdtempSync(join(tmpdir(), "kaos-mcp-"));

const { servers } = loadMcpConfig(
  writeConfig(folder, {
    suite: {
      url: process.argv.at(-1),
      oauth: {
        ...(context.client_id !== undefined && { clientId: context.client_id, clientSecret: context.client_secret }),
        ...(env["MCP_CONFORMANCE_SCENARIO"] === "auth/basic-cimd" && {
          clientMetadataUrl: "https://conformance-test.local/client-metadata.json",
        }),
      },
    },
  }),
  {},
);
const gateway = createGateway({
  servers,
  clock: systemClock,
  log: silentLog,
  folder,
  approvedFile: join(folder, "approved.json"),
  version: "0.0.0",
  redact: (text) => text,
  clean: (text) => text,
  elicit: async () => ({ action: "accept", content: {} }),
  authorize: {
    redirectUrl: "http://localhost:3000/callback",
    async open(page) {
      const { headers } = await fetch(page, { redirect: "manual" });
      return new URL(headers.get("location") ?? "").searchParams.get("code") ?? "";
    },
  },
});

await gateway.start();
const [state] = gateway.states();
// One of the suite's servers has no tools; reaching it is what counts there.
let failed = state?.about === "";
if (failed) process.stderr.write(`${state?.because}\n`);
for (const tool of gateway.tools()) {
  const input = Object.fromEntries(
    Object.entries((z.toJSONSchema(tool.input).properties ?? {}) as Record<string, { type?: string }>).map(
      ([name, { type }]) => [name, type === "number" || type === "integer" ? 5 : "five"],
    ),
  );
  const signal = AbortSignal.timeout(120_000);
  try {
    await tool.run(input, contextOf(signal));
  } catch (error) {
    process.stderr.write(`${tool.name}: ${error}\n`);
    failed = true;
  }
}
await gateway.close();
rmSync(folder, { recursive: true });
process.exit(failed ? 1 : 0);
