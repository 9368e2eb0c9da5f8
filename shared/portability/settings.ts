/** The settings that people write into a home, as an archive may hold them: what is a secret stays behind. */
import { lstatSync, readFileSync } from "node:fs";
import type { Redact } from "../security/index.ts";
import { SMALL_FILE_BYTES_MAX } from "./limits.ts";

export type Setting = { text: string } | { because: string };

/** Undefined when there is no such file. A secret that stands in `mcp.json` itself becomes a variable that the next home sets. */
export function settingOf(path: string, redact: Redact): Setting | undefined {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return undefined;
  if (!found.isFile() || found.size > SMALL_FILE_BYTES_MAX) return { because: `${path} is no plain file of settings` };
  const text = readFileSync(path, "utf8");
  if (!path.endsWith(".json")) return { text: String(redact(text)) };
  try {
    const value: unknown = JSON.parse(text);
    const clean = path.endsWith("mcp.json") ? withoutKeys(value, redact) : redact(value);
    return { text: `${JSON.stringify(clean, undefined, 2)}\n` };
  } catch {
    return { because: `${path} is no JSON` };
  }
}

function withoutKeys(file: unknown, redact: Redact): unknown {
  if (!isMap(file) || !isMap(file["mcpServers"])) return redact(file);
  const servers = Object.entries(file["mcpServers"]).map(([name, server]) => {
    if (!isMap(server)) return [name, redact(server)];
    const fields = Object.entries(server).map(([field, value]) => {
      if (["env", "headers", "oauth"].includes(field) && isMap(value)) return [field, asVariables(name, value)];
      return [field, withoutShapes(value, redact)];
    });
    return [name, Object.fromEntries(fields)];
  });
  return { ...file, mcpServers: Object.fromEntries(servers) };
}

/** A value that names a variable holds no secret; any other may. */
function asVariables(server: string, values: Record<string, unknown>): Record<string, unknown> {
  const variable = (name: string) => `${server}_${name}`.toUpperCase().replace(/[^A-Z0-9]+/g, "_");
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      const isHarmless = typeof value !== "string" || value === "" || /\$\{\w+\}/.test(value);
      return [name, isHarmless ? value : `\${${variable(name)}}`];
    }),
  );
}

/** Secrets that are known by their shape; names of keys say nothing here, where every key is a server's own. */
function withoutShapes(value: unknown, redact: Redact): unknown {
  if (Array.isArray(value)) return value.map((part) => withoutShapes(part, redact));
  return typeof value === "string" ? redact(value) : value;
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
