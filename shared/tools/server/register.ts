/** `servers.json`: the servers that agents may look after, each with what may be looked at and restarted there. */
import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { z } from "zod";
import { OperationalError } from "../../base/index.ts";

/** `servers.json` is not there or cannot be used, or does not know what was asked for. The message says what to do. */
export class ServerProblem extends OperationalError {
  override readonly name = "ServerProblem";
}

const SERVERS_MAX = 50;
const UNITS_MAX = 50;

/**
 * Names travel to the other side in a line that a shell reads there, so they hold nothing a shell would understand, and
 * never begin like an option.
 */
const word = z
  .string()
  .regex(/^[A-Za-z0-9_][A-Za-z0-9_.@:-]*$/, "only letters, digits and . _ @ : - are allowed")
  .max(100);

const server = z.strictObject({
  host: z
    .string()
    .regex(/^(?:[A-Za-z0-9][A-Za-z0-9.-]*|[0-9a-fA-F:]+)$/, "write a host name or an address")
    .max(253),
  port: z.number().int().min(1).max(65_535).default(22),
  user: z
    .string()
    .regex(/^[a-z_][a-z0-9_-]*$/, "write the name of a user")
    .max(32),
  /** A private key, beside servers.json or absolute; without it the usual ones of whoever runs this are tried. */
  key: z.string().min(1).max(1_000).optional(),
  /** Units of systemd. */
  services: z.array(word).max(UNITS_MAX).default([]),
  containers: z.array(word).max(UNITS_MAX).default([]),
});
const register = z.strictObject({
  servers: z
    .record(word, server)
    .refine((all) => Object.keys(all).length <= SERVERS_MAX, `at most ${SERVERS_MAX} servers`),
});

export type Server = Omit<z.infer<typeof server>, "key"> & {
  name: string;
  key: string | undefined;
  knownHosts: string;
};

export type Register = {
  /** Read anew at each call, so that taking a server out works at once. Rejects with ServerProblem. */
  all(): Promise<Server[]>;
  /** Rejects with ServerProblem, naming the servers that there are. */
  get(name: string): Promise<Server>;
};

/** The register in this file; host keys stand in `known_hosts` beside it. */
export function openRegister(file: string): Register {
  const all = async (): Promise<Server[]> => {
    const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return '{ "servers": {} }';
      throw new ServerProblem(`${file} cannot be read.`, { cause: error });
    });
    const read = register.safeParse(parse(text));
    if (!read.success) {
      const [issue] = read.error.issues;
      throw new ServerProblem(`${file} cannot be used: ${issue?.path.join(".") || "it"}: ${issue?.message ?? ""}.`);
    }
    return Object.entries(read.data.servers).map(([name, { key, ...entry }]) => ({
      name,
      ...entry,
      key: key === undefined ? undefined : resolve(dirname(file), key),
      knownHosts: resolve(dirname(file), "known_hosts"),
    }));
  };
  return {
    all,
    async get(name) {
      const servers = await all();
      const found = servers.find((one) => one.name === name);
      if (found !== undefined) return found;
      const known = servers.map((one) => one.name).join(", ");
      throw new ServerProblem(
        `There is no server "${name}"; ${known === "" ? `a person adds servers to ${file}` : `there are ${known}`}.`,
      );
    },
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
