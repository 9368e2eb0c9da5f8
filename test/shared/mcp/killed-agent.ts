/** An agent as far as MCP goes: it starts the servers it is told of, says that they are up, and waits to be killed. */
import { silentLog, systemClock } from "../../../shared/base/index.ts";
import { loadMcpConfig } from "../../../shared/config/index.ts";
import { createGateway } from "../../../shared/mcp/index.ts";

const [, , config = "", folder = ""] = process.argv;
const gateway = createGateway({
  servers: loadMcpConfig(config, {}).servers,
  clock: systemClock,
  log: silentLog,
  folder,
  approvedFile: `${folder}/approved.json`,
  version: "0.0.0",
  redact: (text) => text,
  clean: (text) => text,
});
await gateway.start();
process.stdout.write(`${JSON.stringify(gateway.states().map(({ health, pid }) => ({ health, pid })))}\n`);
