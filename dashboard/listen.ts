/** The socket of the control room. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Express } from "express";
import { messageOf, OperationalError } from "../shared/base/index.ts";

/** The control room could not get its address. The message says what to do. */
export class PortTaken extends OperationalError {
  override readonly name = "PortTaken";
}

export type Listening = { url: string; port: number; close(): Promise<void> };

/** Listens, and resolves when requests are answered. Port 0 takes a free one. Throws PortTaken. */
export function listen(app: Express, { host, port }: { host: string; port: number }): Promise<Listening> {
  const server = createServer(app);
  return new Promise((resolve, reject) => {
    server.once("error", (cause: NodeJS.ErrnoException) => reject(new PortTaken(whyNot(cause, host, port), { cause })));
    server.listen(port, host, () => {
      const bound = (server.address() as AddressInfo).port;
      resolve({ url: `http://${inAddress(host)}:${bound}`, port: bound, close });
    });
  });

  /** Ends live streams too: they would keep the process from ending. */
  function close(): Promise<void> {
    return new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  }
}

/** Who listens on every address is reached by this name from the same machine. */
const EVERYWHERE = ["0.0.0.0", "::"];

/** A host as it stands in a web address, and in the `Host` of a request for it. */
export function inAddress(host: string): string {
  if (EVERYWHERE.includes(host)) return "localhost";
  const written = host.includes(":") ? `[${host}]` : host;
  return URL.parse(`http://${written}`)?.hostname ?? written;
}

function whyNot(cause: NodeJS.ErrnoException, host: string, port: number): string {
  const elsewhere = "choose another port with DASHBOARD_PORT (0 takes a free one)";
  switch (cause.code) {
    case "EADDRINUSE":
      return `Port ${port} on ${host} is taken by another program. Stop that program, or ${elsewhere}.`;
    case "EACCES":
      return `This user may not listen on port ${port}. Please ${elsewhere}.`;
    case "EADDRNOTAVAIL":
      return `This machine has no address ${host}. Set DASHBOARD_HOST to 127.0.0.1 or to an address of this machine.`;
    default:
      return `The control room cannot listen on ${host}:${port}: ${messageOf(cause)}. Look at DASHBOARD_HOST and DASHBOARD_PORT.`;
  }
}
