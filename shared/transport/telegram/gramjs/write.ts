/** What we say, in gramjs's objects. */
import type { Api } from "telegram";
import type { Emphasis } from "../port.ts";
import type { Loaded } from "./client.ts";

/** A reply inside a topic names both; a message in a topic that answers nobody names the topic's first message. */
export function replyHeader(api: Loaded["Api"], replyTo: number, topic: number | null): Api.InputReplyToMessage {
  return new api.InputReplyToMessage({
    replyToMsgId: replyTo,
    ...(topic === null || topic === replyTo ? {} : { topMsgId: topic }),
  });
}

/** A mention by id would need the hash of whom it names: the text says it as well. */
export function entityOf(api: Loaded["Api"], one: Emphasis): Api.TypeMessageEntity | undefined {
  const { offset, length } = one;
  switch (one.kind) {
    case "bold":
      return new api.MessageEntityBold({ offset, length });
    case "italic":
      return new api.MessageEntityItalic({ offset, length });
    case "underline":
      return new api.MessageEntityUnderline({ offset, length });
    case "strike":
      return new api.MessageEntityStrike({ offset, length });
    case "spoiler":
      return new api.MessageEntitySpoiler({ offset, length });
    case "code":
      return new api.MessageEntityCode({ offset, length });
    case "quote":
      return new api.MessageEntityBlockquote({ offset, length });
    case "pre":
      return new api.MessageEntityPre({ offset, length, language: one.language });
    case "link":
      return new api.MessageEntityTextUrl({ offset, length, url: one.url });
    case "mention":
      return undefined;
  }
}
