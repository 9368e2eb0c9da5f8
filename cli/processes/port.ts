/** Whether the control room can have its port, found out before anything is started. */
import { createServer } from "node:net";
import { inAddress } from "../../dashboard/listen.ts";
import { messageOf, OperationalError } from "../../shared/base/index.ts";

/** The port of the control room is not to be had. The message says who has it, as far as that shows, and what to do. */
export class PortTaken extends OperationalError {
  override readonly name = "PortTaken";
}

export type Address = { host: string; port: number };

/** Resolves when the port is free (0 always is). Throws PortTaken. */
export async function refuseTakenPort({ host, port }: Address): Promise<void> {
  const error = port === 0 ? undefined : await tryToListen({ host, port });
  if (error === undefined) return;
  const elsewhere = "or choose another port with DASHBOARD_PORT (0 takes a free one)";
  switch (error.code) {
    case "EADDRINUSE":
      throw new PortTaken(
        (await isControlRoom({ host, port }))
          ? `Port ${port} belongs to the control room of another home. Stop that one with \`kaos --home <its folder> down\`, ${elsewhere}.`
          : `Port ${port}, where the control room should listen, is taken by another program. Stop that program, ${elsewhere}.`,
      );
    case "EACCES":
      throw new PortTaken(`This user may not listen on port ${port}. Choose one above 1023 with DASHBOARD_PORT.`);
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
      throw new PortTaken(
        `This machine has no address ${host}. Set DASHBOARD_HOST to 127.0.0.1 or to an address of this machine.`,
      );
    default:
      throw new PortTaken(
        `Nobody can listen on ${host}:${port}: ${messageOf(error)}. Look at DASHBOARD_HOST and DASHBOARD_PORT.`,
      );
  }
}

/** This port where it is free, else one that is free at this moment. */
export async function freePort({ host, port }: Address): Promise<number> {
  if (port !== 0 && (await tryToListen({ host, port })) === undefined) return port;
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, host, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}

function tryToListen({ host, port }: Address): Promise<NodeJS.ErrnoException | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", resolve);
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(undefined)));
  });
}

const ASK_MAX_MS = 1_000;

/** Ours says so on its login page, which anybody may see. */
async function isControlRoom({ host, port }: Address): Promise<boolean> {
  try {
    const answer = await fetch(`http://${inAddress(host)}:${port}/login`, { signal: AbortSignal.timeout(ASK_MAX_MS) });
    return /<title>[^<]*KAOS<\/title>/.test(await answer.text());
  } catch {
    return false;
  }
}
