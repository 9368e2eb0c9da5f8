/** `kaos mcp login`: whose login it is, and a door that only the page with our secret opens. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createContext } from "../../cli/context.ts";
import { logIn, openDoor } from "../../cli/mcp/login.ts";
import { createLogin } from "../../shared/mcp/login.ts";
import { newHome } from "./kaos.ts";

test("whoever the server names, or whose agent.json names it, has a login there", async () => {
  const home = newHome();
  const used = (agents?: string[]) => {
    const tracker = { url: "http://127.0.0.1:9/mcp", ...(agents && { agents }) };
    writeFileSync(join(home, "mcp.json"), JSON.stringify({ mcpServers: { tracker } }));
    return logIn(createContext({ home }), "tracker", undefined);
  };
  await expect(used()).rejects.toThrow("No agent uses tracker.");
  await expect(used(["nexus", "kronos"])).rejects.toThrow("Say --agent kronos or nexus.");
  await expect(used(["nexus"])).rejects.toThrow("tracker is still closed");
  await expect(logIn(createContext({ home }), "tracker", "nexsus")).rejects.toThrow("Did you mean nexus?");
});

test("a code is taken from the page that knows the secret of this login, and from nobody else", async () => {
  const door = await openDoor(() => {});
  onTestFinished(door.close);
  const { provider } = createLogin({ server: "web", file: join(newHome(), "login.json"), oauth: {}, ...door });
  const state = String(await provider.state?.());
  expect(state.length).toBeGreaterThan(20);
  const code = door.authorize.open(new URL(`https://login.example/?state=${state}`));
  const bring = async (query: string) => (await fetch(`${door.authorize.redirectUrl}?${query}`)).status;
  for (const query of ["code=evil", "code=evil&state=", "code=evil&state=x", "error=no", `state=${state}`])
    expect(await bring(query), query).toBe(400);
  expect(await bring(`code=good&state=${state}`)).toBe(200);
  expect(await code).toBe("good");
});

test("a page without a secret lets nobody in", async () => {
  const door = await openDoor(() => {});
  onTestFinished(door.close);
  void door.authorize.open(new URL("https://login.example/"));
  expect((await fetch(`${door.authorize.redirectUrl}?code=evil`)).status).toBe(400);
});
