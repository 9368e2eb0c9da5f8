/** Mails as MCP mail servers give them: JSON, or the text with a line for each header that the usual ones write. */
import type { Mail } from "./receipt.ts";

/** Mails of one search. */
const FOUND_MAX = 100;
/** More of a mail is quoted threads and small print. */
const TEXT_CHARACTERS_MAX = 20_000;

/** The ids that a search brought, each once. */
export function idsIn(answer: string): string[] {
  const json = parsed(answer);
  const ids =
    json === undefined
      ? [...answer.matchAll(/^\s*(?:message[ _-]?)?id:\s*(\S+)/gimu)].map(([, id = ""]) => id)
      : idsOf(json);
  return [...new Set(ids.filter((id) => id !== ""))].slice(0, FOUND_MAX);
}

/** A mail as it was read. */
export function mailIn(id: string, answer: string): Mail {
  const json = parsed(answer);
  if (json !== undefined) {
    const headers = headersOf(json);
    const field = (...names: string[]) =>
      names.map((name) => stringAt(json, name) || headers.get(name) || "").find((text) => text !== "") ?? "";
    return {
      id,
      from: field("from", "sender"),
      subject: field("subject"),
      date: field("date", "internaldate", "received"),
      text: plainText(field("body", "text", "content", "snippet", "html")),
    };
  }
  const header = (name: string) => new RegExp(`^${name}:\\s*(.*)$`, "imu").exec(answer)?.[1]?.trim() ?? "";
  const body = /\r?\n\r?\n([\s\S]*)$/u.exec(answer)?.[1] ?? answer;
  return { id, from: header("from"), subject: header("subject"), date: header("date"), text: plainText(body) };
}

/** Markup taken away where a server hands the mail on as it came. */
function plainText(text: string): string {
  const words = /<[a-z!/][^>]*>/iu.test(text)
    ? text
        .replace(/<(script|style|head)\b[\s\S]*?(?:<\/\1\s*>|$)/giu, " ")
        .replace(/<(?:br|\/p|\/tr|\/div|\/li|\/h\d)\b[^>]*>/giu, "\n")
        .replace(/<\/t[dh]\s*>/giu, " ")
        .replace(/<[^>]*>/gu, "")
        .replaceAll("&nbsp;", " ")
        .replaceAll("&euro;", "€")
        .replaceAll("&pound;", "£")
        .replaceAll("&amp;", "&")
    : text;
  return words.slice(0, TEXT_CHARACTERS_MAX);
}

function parsed(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Ids of mails, in whatever list they stand: an id of the thread is none. */
function idsOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap((one) => (typeof one === "string" ? [one] : idsOf(one)));
  if (typeof value !== "object" || value === null) return [];
  const own = ["id", "messageId", "message_id", "uid"].map((name) => (value as Record<string, unknown>)[name]);
  const id = own.find((one) => typeof one === "string" || typeof one === "number");
  if (id !== undefined) return [String(id)];
  return Object.values(value).flatMap((one) => (Array.isArray(one) ? idsOf(one) : []));
}

function stringAt(value: unknown, name: string): string {
  if (typeof value !== "object" || value === null) return "";
  const entry = Object.entries(value).find(([key]) => key.toLowerCase() === name);
  const found = entry?.[1];
  if (typeof found === "string") return found;
  // Some servers wrap the mail once more.
  const inner = (value as Record<string, unknown>)["message"] ?? (value as Record<string, unknown>)["email"];
  return typeof inner === "object" && inner !== null ? stringAt(inner, name) : "";
}

/** Headers as the Gmail API lists them. */
function headersOf(value: unknown): Map<string, string> {
  const payload = (value as { payload?: { headers?: unknown } }).payload;
  const list = (value as { headers?: unknown }).headers ?? payload?.headers;
  if (!Array.isArray(list)) return new Map();
  return new Map(
    list.flatMap((one: unknown) => {
      const [name, text] = [stringAt(one, "name"), stringAt(one, "value")];
      return name === "" ? [] : [[name.toLowerCase(), text] as const];
    }),
  );
}
