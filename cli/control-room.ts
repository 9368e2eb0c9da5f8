/** The address of the control room, with a link that logs a browser in, once. */
import { type Ledger, LINK_MS } from "../shared/ledger/index.ts";

export type Door = { url: string; login: string; goodForMs: number };

/** A new link; undefined while no supervisor runs. */
export async function openDoor(ledger: Ledger): Promise<Door | undefined> {
  const supervisor = await ledger.supervisor.state();
  if (supervisor === undefined || !supervisor.alive) return undefined;
  const link = await ledger.logins.makeLink();
  return { url: supervisor.url, login: `${supervisor.url}/login?token=${link}`, goodForMs: LINK_MS };
}
