/** Text without the characters that nobody sees. */

/** Emoji and the scripts whose words need joiners; elsewhere a joiner only hides something. */
const JOINED = String.raw`\p{Extended_Pictographic}\p{Emoji_Modifier}\uFE0F${[
  "Arabic",
  "Bengali",
  "Devanagari",
  "Gujarati",
  "Kannada",
  "Khmer",
  "Malayalam",
  "Sinhala",
  "Tamil",
  "Telugu",
]
  .map((script) => String.raw`\p{Script=${script}}`)
  .join("")}`;

/** A joiner where one belongs, and one selector after an emoji or a keycap. */
const BELONGS = String.raw`(?<=[${JOINED}])[\u200C\u200D]|(?<=[\p{Extended_Pictographic}#*0-9])[\uFE0E\uFE0F]`;

/**
 * Characters without a shape of their own, which hide words from people and say them to models: controls but for line ends
 * and tabs, zero-width characters, directions of writing, fillers, variation selectors, tags, annotations.
 */
const INVISIBLE = new RegExp(
  String.raw`(?![\n\r\t])\p{Cc}|(?!${BELONGS})[\p{Default_Ignorable_Code_Point}\uFFF9-\uFFFB]`,
  "gu",
);

/** The text without characters that nobody sees. */
export function visible(text: string): string {
  return text.replace(INVISIBLE, "");
}
