/** How tools reach the MCP servers of their agent: whoever puts the agent together knows the gateway, the tools do not. */

/** A server to be added. Nothing of our environment is filled in: a model must not choose what a stranger's program is told. */
export type Wanted = { name: string } & ({ command: string; args: readonly string[] } | { url: string });

export type KnownServer = {
  name: string;
  /** The program, or the host. */
  runs: string;
  health: "ok" | "broken" | "off";
  because: string;
  tools: readonly string[];
  /** Whether it was added while running, so that it may be removed the same way. */
  added: boolean;
};

export type McpDesk = {
  servers(): readonly KnownServer[];
  /** Tries the server out, keeps it with the definitions that were seen, and starts it where that gate is open. */
  add(
    wanted: Wanted,
  ): Promise<{ added: true; tools: readonly string[]; used: string } | { added: false; because: string }>;
  /** Takes out one that was added while running. */
  remove(name: string): Promise<{ removed: true } | { removed: false; because: string }>;
};
