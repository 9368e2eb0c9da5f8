/** Who a message addresses: @mentions, aliases as whole words in any script, and replies to what an agent said. */
import type { AgentCard, Message } from "../ledger/index.ts";

/**
 * The names of the agents that this message addresses. A person addresses by @mention, by alias or by replying to an agent's
 * message; an agent only by @mention, since colleagues name each other in passing.
 */
export function addressees(message: Message, roster: readonly AgentCard[], repliedTo: Message | undefined): string[] {
  const mentioned = new Set(mentions(message.text));
  const words = message.sender.kind === "agent" ? new Set<string>() : wholeWords(message.text);
  return roster
    .filter(
      ({ name, username, aliases }) =>
        mentioned.has(fold(name)) ||
        (username !== null && mentioned.has(fold(username))) ||
        aliases.some((alias) => mentioned.has(fold(alias)) || words.has(fold(alias))) ||
        (message.sender.kind !== "agent" && repliedTo?.sender.kind === "agent" && repliedTo.sender.name === name),
    )
    .map(({ name }) => name)
    .filter((name) => !(message.sender.kind === "agent" && message.sender.name === name));
}

/** Names after an @ that does not belong to an address such as me@example.com. */
function mentions(text: string): string[] {
  return [...text.matchAll(/(?<![\p{L}\p{N}_.@-])@([\p{L}\p{N}_]+(?:-[\p{L}\p{N}_]+)*)/gu)].map((match) =>
    fold(match[1] ?? ""),
  );
}

/** Words as people separate them, e-mail addresses left out; a hyphen keeps a word whole, so "kronos-like" does not address kronos. */
function wholeWords(text: string): Set<string> {
  const withoutMail = text.replace(/[\p{L}\p{N}_.+-]+@[\p{L}\p{N}_.-]+/gu, " ");
  return new Set((withoutMail.match(/[\p{L}\p{M}\p{N}_]+(?:[-'’][\p{L}\p{M}\p{N}_]+)*/gu) ?? []).map(fold));
}

function fold(text: string): string {
  return text.normalize("NFKC").toLowerCase().replaceAll("ё", "е");
}
