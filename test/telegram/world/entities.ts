/** The parts of a text that Telegram marks by itself: links, @names, hashtags and commands. */
import { Api } from "telegram";

type Place = { offset: number; length: number };

const automatic: { pattern: RegExp; mark(place: Place): Api.TypeMessageEntity }[] = [
  { pattern: /(?<![\w/])https?:\/\/\S+/g, mark: (place) => new Api.MessageEntityUrl(place) },
  { pattern: /(?<![\w@])@[A-Za-z]\w{3,31}/g, mark: (place) => new Api.MessageEntityMention(place) },
  { pattern: /(?<![\w#])#\w+/g, mark: (place) => new Api.MessageEntityHashtag(place) },
  { pattern: /(?<!\S)\/[A-Za-z]\w*(?:@\w+)?/g, mark: (place) => new Api.MessageEntityBotCommand(place) },
];

/** The author's own marks, and the automatic ones where they leave room; in order, counted in UTF-16 units. */
export function entitiesIn(text: string, own: readonly Api.TypeMessageEntity[] = []): Api.TypeMessageEntity[] {
  const marks = [...own];
  for (const { pattern, mark } of automatic) {
    for (const { index, 0: found } of text.matchAll(pattern)) {
      const place = { offset: index, length: found.length };
      if (!marks.some((other) => overlap(place, other))) marks.push(mark(place));
    }
  }
  return marks.sort((one, other) => one.offset - other.offset);
}

function overlap(one: Place, other: Place): boolean {
  return one.offset < other.offset + other.length && other.offset < one.offset + one.length;
}
