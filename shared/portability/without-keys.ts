/** `mcp.json` as an archive may hold it: where a key may stand there is a variable, which the next home sets. */
import { isMap } from "../base/index.ts";
import { isSecretName, type Redact } from "../security/index.ts";

/** In these every value may be a key, whatever its name. */
const KEYED_FIELDS = ["env", "headers", "oauth"];

/** The file with `${SERVER_NAME}` in place of each key. What already names a variable stays as it is. */
export function withoutKeys(file: unknown, redact: Redact): unknown {
  if (!isMap(file) || !isMap(file["mcpServers"])) return redact(file);
  const { mcpServers, ...rest } = file;
  const toVariable = createVariables();
  const servers = Object.entries(mcpServers as Record<string, unknown>).map(([name, server]) => {
    const cleaning: Cleaning = { variable: (of, value) => toVariable(`${name}_${of}`, value), redact };
    return [name, isMap(server) ? cleanServer(server, cleaning) : cleanValue("entry", server, cleaning)];
  });
  return { ...(redact(rest) as object), mcpServers: Object.fromEntries(servers) };
}

type Cleaning = { variable(of: string, value: string): string; redact: Redact };

/** One variable for each name and value: two keys of one name are two variables. */
function createVariables(): (name: string, value: string) => string {
  const values = new Map<string, string>();
  return (name, value) => {
    const plain = name.toUpperCase().replace(/[^A-Z0-9]+/g, "_");
    for (let count = 1; ; count++) {
      const variable = count === 1 ? plain : `${plain}_${count}`;
      if ((values.get(variable) ?? value) !== value) continue;
      values.set(variable, value);
      return `\${${variable}}`;
    }
  };
}

function cleanServer(server: Record<string, unknown>, cleaning: Cleaning): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(server).map(([field, value]) => {
      if (KEYED_FIELDS.includes(field) && isMap(value)) return [field, cleanMap(value, cleaning)];
      if (field === "args" && Array.isArray(value)) return [field, cleanArguments(value, cleaning)];
      return [field, cleanValue(field, value, cleaning)];
    }),
  );
}

function cleanMap(values: Record<string, unknown>, { variable }: Cleaning): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      typeof value !== "string" || isHarmless(value) ? value : variable(name, value),
    ]),
  );
}

function cleanArguments(values: readonly unknown[], cleaning: Cleaning): unknown[] {
  return values.map((value, at) => {
    if (typeof value !== "string" || isHarmless(value)) return value;
    const before = values[at - 1];
    const flag = typeof before === "string" && before.startsWith("-") ? before.replace(/^-+/, "") : "";
    if (isKeyName(flag) && !value.startsWith("-")) return cleaning.variable(flag, value);
    const named = ADDRESS.test(value) ? undefined : namedKey(value, /^(?:H|headers?)$/.test(flag));
    if (named !== undefined) return `${named.head}${cleaning.variable(named.name, named.key)}`;
    const [, head = "", rest = value] = /^(-[\w-]*=)(.*)$/s.exec(value) ?? [];
    return `${head}${cleanText(`argument_${at + 1}`, rest, cleaning)}`;
  });
}

/** `--env=API_KEY=…`, `Authorization: …`: what stands before the key, what that is called, and the key. */
function namedKey(value: string, isHeader: boolean): { head: string; name: string; key: string } | undefined {
  for (const { 0: sign, index } of value.matchAll(/[=:]\s*/g)) {
    const name = /[A-Za-z][\w-]*$/.exec(value.slice(0, index))?.[0] ?? "";
    const [head, key] = [value.slice(0, index + sign.length), value.slice(index + sign.length)];
    if (key !== "" && name !== "" && (isHeader || isKeyName(name))) return { head, name, key };
  }
  return undefined;
}

/** Any other text, in lists and maps too. */
function cleanValue(name: string, value: unknown, cleaning: Cleaning): unknown {
  if (typeof value === "string") return cleanText(name, value, cleaning);
  if (Array.isArray(value)) return value.map((part) => cleanValue(name, part, cleaning));
  if (!isMap(value)) return value;
  // Names say nothing here: a tool may be called `get-token`.
  return Object.fromEntries(Object.entries(value).map(([of, part]) => [of, cleanValue(of, part, cleaning)]));
}

/** What is known by its shape: an address with keys in it, a key that stands alone, a text with one. */
function cleanText(name: string, value: string, cleaning: Cleaning): string {
  if (isHarmless(value)) return value;
  const { start, who, place = "", query } = ADDRESS.exec(value)?.groups ?? {};
  if (start !== undefined) return cleanAddress({ start, who, place, query }, cleaning);
  return isKey(value) || cleaning.redact(value) !== value ? cleaning.variable(name, value) : value;
}

const ADDRESS = /^(?<start>[a-z][a-z0-9+.-]*:\/\/)(?:(?<who>[^@/?#]*)@)?(?<place>[^?#]*)(?<query>\?[^#]*)?/is;

type Address = { start: string; who: string | undefined; place: string; query: string | undefined };

/** Whoever opens it, what it is asked with, and parts of its path that are keys. The part behind `#` reaches no server. */
function cleanAddress({ start, who, place, query }: Address, { variable, redact }: Cleaning): string {
  const [user = "", ...password] = (who ?? "").split(":");
  const pass = password.join(":");
  const opened =
    who === undefined ? "" : `${user}${pass === "" ? "" : `:${isHarmless(pass) ? pass : variable("password", pass)}`}@`;
  const steps = place.split("/").map((step) => (isKey(step) || redact(step) !== step ? variable("path", step) : step));
  const asked = (query ?? "").replace(/([?&])([^=&]*)=([^&]+)/g, (whole, mark: string, name: string, key: string) =>
    isHarmless(key) || /^(?:true|false|\d{1,6})$/i.test(key) ? whole : `${mark}${name}=${variable(name, key)}`,
  );
  return `${start}${opened}${steps.join("/")}${asked}`;
}

function isHarmless(value: string): boolean {
  return value === "" || /\$\{\w+\}/.test(value);
}

function isKeyName(name: string): boolean {
  return isSecretName(name) || /(?:^|[-_])(?:key|auth|pat|bearer)$/i.test(name);
}

/** Letters with digits, or digits alone, and so many of them that nobody would choose them; or an id of 36 characters. */
function isKey(value: string): boolean {
  if (/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value)) return true;
  if (/^(?:[./~@]|[a-z]:)/i.test(value)) return false;
  return value.split(/[^A-Za-z0-9+/=]/).some((part) => /^(?=.*\d)[A-Za-z0-9+/=]{16,}$/.test(part));
}
