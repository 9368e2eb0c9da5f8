/** Everything an agent can do of its own, put together: files, web, browser, code, servers. */
import type { Clock, Lifetime } from "../shared/base/index.ts";
import { type AgentHome, childEnv, type Env, type Home } from "../shared/config/index.ts";
import type { Tool } from "../shared/engine/index.ts";
import { createEgress, type GateState } from "../shared/security/index.ts";
import {
  browserTools,
  builtInTools,
  codeTools,
  createSandbox,
  createSsh,
  createWindows,
  serverTools,
  webTools,
} from "../shared/tools/index.ts";
import { createPageReader } from "./page-reader.ts";

export type ToolDeps = {
  env: Env;
  home: Home;
  own: AgentHome;
  clock: Clock;
  lifetime: Pick<Lifetime, "signal" | "onClose">;
  /** The gates as they stand now. */
  gates(): readonly GateState[];
};

/** Nothing is opened before a tool needs it; what was opened is closed with the lifetime. */
export function toolsOf({ env, home, own, clock, lifetime, gates }: ToolDeps): Tool[] {
  // Without hosts in the list every public one may be reached.
  const only = env.EGRESS_ONLY.length === 0 ? {} : { only: env.EGRESS_ONLY };
  const web = createEgress(only);
  // A search engine may stand in the operator's own network, and only a search gets there.
  const search = createEgress(env.SEARXNG_URL === "" ? {} : { trusted: [new URL(env.SEARXNG_URL).origin] });
  const windows = createWindows({
    reach: (host, port) => web.reach(originOf(host, port), lifetime.signal),
    executable: env.BROWSER_PATH,
    clock,
  });
  lifetime.onClose(() => windows.close());
  const reader = createPageReader();
  lifetime.onClose(() => reader.close());
  return [
    ...builtInTools({ clock, workspace: own.workspace }),
    ...webTools({
      fetch: web.fetch,
      read: reader.read,
      ask: search.fetch,
      search: { braveApiKey: env.BRAVE_API_KEY, exaApiKey: env.EXA_API_KEY, searxngUrl: env.SEARXNG_URL },
    }),
    ...browserTools({ windows, chatOf: ({ chat, turnId }) => chat ?? turnId }, own.workspace),
    ...codeTools({
      sandbox: createSandbox({ image: env.SANDBOX_IMAGE }),
      folder: own.ownTools,
      codeAllowed: () => gates().some(({ name, open }) => name === "dynamic-tools" && open),
    }),
    ...serverTools(home.servers, createSsh({ env: sshEnv() })),
  ];
}

function originOf(host: string, port: number): URL {
  const name = host.includes(":") ? `[${host}]` : host;
  return new URL(port === 443 ? `https://${name}` : `http://${name}:${port}`);
}

/** What ssh needs of the environment: where its own keys are, and nothing secret of ours. */
function sshEnv(): Record<string, string> {
  const given = childEnv();
  return Object.fromEntries(
    Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
