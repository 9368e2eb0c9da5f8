/** What can be asked of a server, and what can be done to it: each a fixed command with at most one name and one number in it. */
import type { Server } from "./register.ts";

/** What a name in a command must be: one of those that servers.json lists for this very server. */
type Of = "services" | "containers";

export type ServerCommand = { of?: Of; words: (name: string, lines: number) => readonly string[] };

/** These change nothing. */
export const looks = {
  load: { words: () => ["uptime"] },
  memory: { words: () => ["free", "-m"] },
  disk: { words: () => ["df", "-h"] },
  failed: { words: () => ["systemctl", "list-units", "--failed", "--no-pager", "--plain"] },
  service: { of: "services", words: (name) => ["systemctl", "status", "--no-pager", "--lines=0", "--", name] },
  logs: { of: "services", words: (name, lines) => ["journalctl", "--no-pager", `--lines=${lines}`, `--unit=${name}`] },
  errors: {
    of: "services",
    words: (name, lines) => ["journalctl", "--no-pager", "--priority=err", `--lines=${lines}`, `--unit=${name}`],
  },
  containers: { words: () => ["docker", "ps", "--all"] },
  "container-logs": { of: "containers", words: (name, lines) => ["docker", "logs", `--tail=${lines}`, name] },
} as const satisfies Record<string, ServerCommand>;

/** These change the server; a person allows each. */
export const acts = {
  "restart-service": { of: "services", words: (name) => ["sudo", "-n", "systemctl", "restart", "--", name] },
  "restart-container": { of: "containers", words: (name) => ["docker", "restart", name] },
} as const satisfies Record<string, ServerCommand>;

export type Chosen = { chosen: true; words: readonly string[] } | { chosen: false; because: string };

/** The command's words for this server, where the server has what it is about. */
export function choose({ of, words }: ServerCommand, server: Server, name: string, lines: number): Chosen {
  if (of === undefined) return { chosen: true, words: words("", lines) };
  if (server[of].includes(name)) return { chosen: true, words: words(name, lines) };
  const there = server[of].length === 0 ? `lists no ${of}` : `has the ${of} ${server[of].join(", ")}`;
  return { chosen: false, because: `${server.name} ${there}, and "${name}" is none of them` };
}
