/**
 * Telegram Desktop's export as machine-readable JSON: `result.json` of one chat, or of a whole account. Only that of an account says
 * whose it is; for one chat the person says it.
 */
import { ArchiveRefused } from "../refused.ts";
import type { ForeignSaid, Found, ReadForeign } from "./found.ts";
import { type JsonMap, listOf, mapOf, textOf, timeOf } from "./json.ts";
import { openExport, readJson } from "./open-export.ts";

export const readTelegram: ReadForeign = async function* (path, { me, now, signal }) {
  const from = await openExport(path);
  try {
    const name =
      from.names.find((one) => /(?:^|\/)result\.json$/.test(one)) ?? from.names.find((one) => one.endsWith(".json"));
    if (name === undefined)
      throw new ArchiveRefused(
        `${path} has no result.json. In Telegram Desktop choose "Machine-readable JSON" when exporting.`,
      );
    const file = mapOf(await readJson(from, name));
    const chats =
      "messages" in file
        ? [file]
        : [...listOf(mapOf(file["chats"])["list"]), ...listOf(mapOf(file["left_chats"])["list"])];
    if (chats.length === 0) throw new ArchiveRefused(`${name} has no chats: it is no export of Telegram Desktop.`);
    const account = textOf(mapOf(file["personal_information"])["user_id"]);
    const owner = me ?? (account === "" ? undefined : account);
    for (const chat of chats) {
      signal.throwIfAborted();
      yield* chatOf(mapOf(chat), owner, now);
    }
  } finally {
    from.close();
  }
};

function* chatOf(chat: JsonMap, owner: string | undefined, now: number): Generator<Found> {
  const id = textOf(chat["id"]);
  const type = textOf(chat["type"]);
  const title = textOf(chat["name"]) || (type === "saved_messages" ? "Saved Messages" : "a deleted account");
  if (/channel$/.test(type)) return yield skipped(title, "channels are left out: nobody talks with you there");
  if (id === "") return yield skipped(title, "it has no id");
  const said: ForeignSaid[] = [];
  for (const message of listOf(chat["messages"]).map(mapOf)) {
    if (message["type"] !== "message") continue;
    const text = flat(message["text"]);
    if (text.trim() === "") yield skipped(title, "messages without text: pictures, voice, stickers");
    else
      said.push({
        ...saidBy(message, owner),
        id: textOf(message["id"]),
        text,
        at: timeOf(message["date_unixtime"] ?? message["date"], now),
        model: "",
      });
  }
  if (owner === undefined && said.length > 0)
    yield skipped(
      title,
      "nobody in it is known to be you, so nothing counts as your words: say --me <your name there>",
    );
  yield said.length === 0 ? skipped(title, "nobody said anything in it") : { kind: "conversation", id, title, said };
}

/** What was forwarded was said by somebody else, whoever passed it on. */
function saidBy(message: JsonMap, owner: string | undefined): Pick<ForeignSaid, "by" | "name"> {
  const forwarded = message["forwarded_from"];
  const name = textOf(message["from"]) || "a deleted account";
  if (forwarded !== undefined) return { by: "other", name: textOf(forwarded) || "somebody" };
  const isOwner =
    owner !== undefined &&
    [name, textOf(message["from_id"]), textOf(message["from_id"]).replace(/^user/, "")].includes(owner);
  return isOwner ? { by: "owner", name: "you" } : { by: "other", name };
}

/** A text is a text, or a list of texts and of parts that are a link, bold, a mention. */
function flat(text: unknown): string {
  if (!Array.isArray(text)) return textOf(text);
  return text.map((part) => (typeof part === "string" ? part : textOf(mapOf(part)["text"]))).join("");
}

function skipped(what: string, because: string): Found {
  return { kind: "skipped", what, because };
}
