/** The settings that people write into a home, as an archive may hold them: what is a secret stays behind. */
import { lstatSync, readFileSync } from "node:fs";
import { CENSORED, type Redact } from "../security/index.ts";
import { SMALL_FILE_BYTES_MAX } from "./limits.ts";
import { withoutKeys } from "./without-keys.ts";

/** `isCut`: something that looks like a secret stands there as `[redacted]`, and is to be written anew. */
export type Setting = { text: string; isCut: boolean } | { because: string };

/** Undefined when there is no such file. A secret that stands in `mcp.json` itself becomes a variable that the next home sets. */
export function settingOf(path: string, redact: Redact): Setting | undefined {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return undefined;
  if (!found.isFile() || found.size > SMALL_FILE_BYTES_MAX) return { because: `${path} is no plain file of settings` };
  const text = readFileSync(path, "utf8");
  if (!path.endsWith(".json")) return settingFrom(String(redact(text)));
  try {
    const value: unknown = JSON.parse(text);
    const clean = path.endsWith("mcp.json") ? withoutKeys(value, redact) : redact(value);
    return settingFrom(`${JSON.stringify(clean, undefined, 2)}\n`);
  } catch {
    return { because: `${path} is no JSON` };
  }
}

function settingFrom(text: string): Setting {
  return { text, isCut: text.includes(CENSORED) };
}
