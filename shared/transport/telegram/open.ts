/** Opens a port to Telegram. The library is loaded here, when the first account needs it, and never before. */
import type { LoginPort, TelegramPort } from "./port.ts";
import { proxyOf } from "./proxy.ts";

/** The application, and the way to the service. */
export type Access = { apiId: number; apiHash: string; proxy: string };

/** A port for an agent's account that has logged in. */
export async function openPort(agent: string, access: Access, session: string): Promise<TelegramPort> {
  const { openGramjs } = await import("./gramjs/open.ts");
  return openGramjs({ ...access, session, proxy: proxyOf(access.proxy), device: deviceOf(agent) });
}

/** A port for logging an agent's account in. Throws TelegramSilent when the service cannot be reached. */
export async function openLogin(agent: string, access: Access): Promise<LoginPort> {
  const { openGramjsLogin } = await import("./gramjs/login.ts");
  return openGramjsLogin({ ...access, session: "", proxy: proxyOf(access.proxy), device: deviceOf(agent) });
}

/** What the account's list of devices shows; it stays the same for an agent. */
function deviceOf(agent: string): string {
  return `KAOS ${agent}`;
}
