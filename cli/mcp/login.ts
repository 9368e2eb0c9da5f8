/** A person logs in at the page of an MCP server; the page sends the code back to a door that is open here for as long. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Authorize } from "../../shared/mcp/index.ts";

/** Opens the door on loopback. `show` is given the page to visit; `close` shuts the door. */
export async function openDoor(show: (page: URL) => void): Promise<{ authorize: Authorize; close(): void }> {
  const came = Promise.withResolvers<string>();
  let expected: string | null = null;
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://127.0.0.1");
    const code = searchParams.get("code");
    const mine = pathname === "/callback" && searchParams.get("state") === expected;
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
        expected = page.searchParams.get("state");
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
