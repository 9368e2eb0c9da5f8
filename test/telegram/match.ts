/** Which message is meant. Everything that is given must fit. */
import type { Account, Message, Topic } from "./world/model.ts";

export type Match = {
  from?: Account;
  text?: string | RegExp;
  replyTo?: Message;
  topic?: Topic;
  /** Only what was said after this one. */
  after?: Message;
};

export function matches(message: Message, { from, text, replyTo, topic, after }: Match): boolean {
  if (message.isDeleted || message.action) return false;
  if (from && message.author !== from) return false;
  if (typeof text === "string" && message.text !== text) return false;
  if (text instanceof RegExp && !text.test(message.text)) return false;
  if (replyTo && message.replyTo !== replyTo) return false;
  if (topic && message.topicId !== topic.id) return false;
  return !after || message.number > after.number;
}

/** For people who read a failed test. */
export function describe({ from, text, replyTo, topic, after }: Match): string {
  const parts = [
    from && `from ${from.name}`,
    text && `saying ${text}`,
    replyTo && `in reply to "${replyTo.text}"`,
    topic && `in the topic ${topic.title}`,
    after && `after "${after.text}"`,
  ];
  return `a message ${parts.filter(Boolean).join(" ")}`.trim();
}
