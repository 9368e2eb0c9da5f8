/** A person logs in at the page of an MCP server; the page sends the code back to a door that is open here for as long. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { Authorize } from "../../shared/mcp/index.ts";
import type { Context } from "../context.ts";
import { CommandFailed, WrongUsage } from "../failures.ts";
import { chooseNames, readRoster } from "../processes/choose.ts";
import { usersOf } from "./known.ts";
import { chooseServers, withServers } from "./open.ts";

/** Logs one agent in at one server. Throws WrongUsage or CommandFailed. */
export async function logIn(here: Context, name: string, asked: string | undefined): Promise<void> {
  const [server] = chooseServers(here, [name]);
  if (server?.link.kind !== "http") throw new WrongUsage(`${name} is a program, not an address: it has no login.`);
  const { agents } = readRoster();
  const users = usersOf(server, agents).map((user) => user.name);
  const known = agents.map((agent) => agent.name);
  const [agent] = asked === undefined ? (users.length === 1 ? users : []) : chooseNames([asked], known);
  if (agent === undefined)
    throw new WrongUsage(
      users.length === 0
        ? `No agent uses ${name}. Name it in "mcpServers" of an agent.json, or an agent in "agents" of mcp.json, first.`
        : `Whose login? Say --agent ${users.join(" or ")}.`,
    );
  const door = await openDoor((page) => here.note(`Log in on this page, this command waits for it:\n  ${page}`));
  try {
    const more = {
      authorize: door.authorize,
      loginFile: (which: string) => join(here.home.agent(agent).mcp, which, "login.json"),
    };
    const patient = { ...server, startMs: 600_000 };
    const [state] = await withServers(here, [patient], more, async (gateway) => gateway.states());
    if (state?.health !== "ok")
      throw new CommandFailed(`${name} is still closed: ${state?.because ?? "no reason given"}.`);
    here.note(`${here.paint.good("✓")} ${agent} is logged in at ${name}. A running agent uses it at its next attempt.`);
  } finally {
    door.close();
  }
}

/** Opens the door on loopback to whoever knows the `state` of the page. `show` is given that page; `close` shuts the door. */
export async function openDoor(show: (page: URL) => void): Promise<{ authorize: Authorize; close(): void }> {
  const came = Promise.withResolvers<string>();
  let expected: string | undefined;
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://127.0.0.1");
    const code = searchParams.get("code");
    const state = searchParams.get("state");
    const mine = pathname === "/callback" && state !== null && state === expected;
    response.writeHead(mine && code !== null ? 200 : 400, { "content-type": "text/plain; charset=utf-8" });
    response.end(mine && code !== null ? "Done. You can close this page.\n" : "This is not the answer to the login.\n");
    if (mine && code !== null) came.resolve(code);
    else if (mine && searchParams.has("error"))
      came.reject(new Error(searchParams.get("error_description") ?? String(searchParams.get("error"))));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    authorize: {
      redirectUrl: `http://127.0.0.1:${port}/callback`,
      open(page) {
        expected = page.searchParams.get("state") ?? undefined;
        show(page);
        return came.promise;
      },
    },
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
