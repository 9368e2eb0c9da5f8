/** One spelling for all the ways in which a word can be written to look the same: for finding, never for showing. */
import { LOOKALIKES } from "./lookalikes.ts";
import { visible } from "./visible.ts";

/** Small Cyrillic letters that pass for Latin ones in a hurry; the Unicode list knows only perfect doubles. */
const LOOSE = { к: "k", т: "t", м: "m", н: "h", в: "b", п: "n", и: "u", г: "r", я: "r", ш: "w", ь: "b" };

/** Alphabets that Unicode does not call doubles: boxed letters, small capitals, letters turned over. Each with what it spells. */
const ALPHABETS = [
  [..."🅐🅑🅒🅓🅔🅕🅖🅗🅘🅙🅚🅛🅜🅝🅞🅟🅠🅡🅢🅣🅤🅥🅦🅧🅨🅩", ..."abcdefghijklmnopqrstuvwxyz"],
  [..."🅰🅱🅲🅳🅴🅵🅶🅷🅸🅹🅺🅻🅼🅽🅾🅿🆀🆁🆂🆃🆄🆅🆆🆇🆈🆉", ..."abcdefghijklmnopqrstuvwxyz"],
  [..."🇦🇧🇨🇩🇪🇫🇬🇭🇮🇯🇰🇱🇲🇳🇴🇵🇶🇷🇸🇹🇺🇻🇼🇽🇾🇿", ..."abcdefghijklmnopqrstuvwxyz"],
  [..."ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘꞯʀꜱᴛᴜᴠᴡʏᴢ", ..."abcdefghijklmnopqrstuvwyz"],
  [..."ɐɔǝɟƃɥᴉɾʞɯɹʇʌʍʎ", ..."acefghijkmrtvwy"],
].flatMap((both) =>
  both.slice(0, both.length / 2).map((letter, at) => [letter, both[both.length / 2 + at] ?? ""] as const),
);

const TO_ASCII: ReadonlyMap<string, string> = new Map([
  ...ALPHABETS,
  ...LOOKALIKES.flatMap(([ascii, doubles]) => [...doubles].map((double) => [double, ascii] as const)),
]);
const LOOSE_TO_ASCII: ReadonlyMap<string, string> = new Map([...TO_ASCII, ...Object.entries(LOOSE)]);

/** Latin letters that stand in Cyrillic words. */
const TO_CYRILLIC: ReadonlyMap<string, string> = new Map(
  [..."aeopcyxkmtbiABCEHKMOPTXY36"].map((letter, at) => [letter, [..."аеорсухкмтвіАВСЕНКМОРТХУзб"][at] ?? letter]),
);

const NOT_ASCII = /[^\0-\x7f]/;
const WORD = /[\p{L}\p{N}\p{M}]+/gu;
const SYMBOL = /[^\0-\x7f\p{L}\p{N}\p{M}\s]/gu;
/** Marks on letters of alphabets that can do without them; in other scripts they are vowels. */
const MARKED = /([\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{N}\p{P}\p{S}\s])\p{M}+/gu;
const OWN_CYRILLIC = /[бвгдёжзийклмнптфцчшщъыьэюя]/gi;

/** Most of what people write in Russian: nothing in it needs a look at single words. */
const PLAIN_CYRILLIC = /^[\0-@[-`{-\x7fА-яЁё«»—–…“”„’№]*$/;
const CYRILLIC = /[бвгджзийклмнптфцчшщъыьэюя]/i;

/**
 * Compatibility forms and look-alikes as plain letters, without accents and invisible characters. A word of one script keeps
 * its script, unless each of its letters has an ASCII double and nothing around says otherwise.
 */
export function fold(text: string): string {
  if (!NOT_ASCII.test(text)) return text;
  if (PLAIN_CYRILLIC.test(text) && CYRILLIC.test(text)) return text.replace(/[йёЙЁ]/g, withoutMark);
  const plain = visible(text)
    .replace(SYMBOL, toAscii)
    .normalize("NFKD")
    .replace(MARKED, "$1")
    .normalize("NFC")
    .replace(/[^\S\r\n]/g, " ");
  const foreign = [...plain.matchAll(/[^\0-\x7f]/gu)].filter(([letter]) => !TO_ASCII.has(letter)).length;
  const latinAround = (plain.match(/[a-z]/gi)?.length ?? 0) >= foreign;
  return plain.replace(WORD, (word) => foldWord(word, latinAround)).replace(SYMBOL, toAscii);
}

function foldWord(word: string, latinAround: boolean): string {
  if (!NOT_ASCII.test(word)) return word;
  const hasLatin = /[a-z]/i.test(word);
  if (hasLatin && /\p{Script=Cyrillic}/u.test(word))
    return mapLetters(word, isRussian(word) ? TO_CYRILLIC : LOOSE_TO_ASCII);
  const allDoubles = [...word].every((letter) => !NOT_ASCII.test(letter) || TO_ASCII.has(letter));
  return hasLatin || (allDoubles && latinAround) ? mapLetters(word, TO_ASCII) : word;
}

/** A Cyrillic word with Latin doubles in it: at least two letters have no double, and every Latin one is a double. */
function isRussian(word: string): boolean {
  const own = word.match(OWN_CYRILLIC)?.length ?? 0;
  return own >= 2 && [...word].every((letter) => !/[a-z]/i.test(letter) || TO_CYRILLIC.has(letter));
}

function mapLetters(word: string, map: ReadonlyMap<string, string>): string {
  let folded = "";
  for (const letter of word) folded += map.get(letter) ?? letter;
  return folded;
}

function withoutMark(letter: string): string {
  return letter.normalize("NFD").slice(0, 1);
}

function toAscii(letter: string): string {
  return TO_ASCII.get(letter) ?? letter;
}
