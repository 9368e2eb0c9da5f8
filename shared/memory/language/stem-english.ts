/** English words to their stems: the algorithm of M. F. Porter, "An algorithm for suffix stripping", 1980. */

const vowels = "[aeiouy]";
const consonant = "[^aeiou]";
const vowel = "[aeiouy]";
const consonants = `${consonant}[^aeiouy]*`;
const vowelRun = `${vowel}[aeiou]*`;

/** At least one, exactly one, more than one sequence of vowels and consonants: Porter's measure m. */
const some = new RegExp(`^(${consonants})?${vowelRun}${consonants}`);
const one = new RegExp(`^(${consonants})?${vowelRun}${consonants}(${vowelRun})?$`);
const several = new RegExp(`^(${consonants})?${vowelRun}${consonants}${vowelRun}${consonants}`);
const hasVowel = new RegExp(`^(${consonants})?${vowels}`);
const endsShort = new RegExp(`^${consonants}${vowel}[^aeiouwxy]$`);

const step2: readonly [string, string][] = pairs(
  "ational ate|tional tion|enci ence|anci ance|izer ize|bli ble|alli al|entli ent|eli e|ousli ous|ization ize|ation ate|" +
    "ator ate|alism al|iveness ive|fulness ful|ousness ous|aliti al|iviti ive|biliti ble|logi log",
);
const step3: readonly [string, string][] = pairs("icate ic|ative |alize al|iciti ic|ical ic|ful |ness ");
const step4 = "al|ance|ence|er|ic|able|ible|ant|ement|ment|ent|ou|ism|ate|iti|ous|ive|ize"
  .split("|")
  .toSorted((a, b) => b.length - a.length);

/** The stem of one lower-case English word; words of one or two letters are returned as they are. */
export function stemEnglish(word: string): string {
  if (word.length < 3) return word;
  let stem = word.startsWith("y") ? `Y${word.slice(1)}` : word;

  if (/(ss|i)es$/.test(stem)) stem = stem.slice(0, -2);
  else if (/[^s]s$/.test(stem)) stem = stem.slice(0, -1);

  if (stem.endsWith("eed")) {
    if (some.test(stem.slice(0, -3))) stem = stem.slice(0, -1);
  } else {
    const bare = stem.replace(/(ed|ing)$/, "");
    if (bare !== stem && hasVowel.test(bare)) stem = mended(bare);
  }
  if (stem.endsWith("y") && hasVowel.test(stem.slice(0, -1))) stem = `${stem.slice(0, -1)}i`;

  stem = replaced(replaced(stem, step2), step3);

  const suffix = step4.find((end) => stem.endsWith(end));
  if (suffix !== undefined) {
    if (several.test(stem.slice(0, -suffix.length))) stem = stem.slice(0, -suffix.length);
  } else if (/[st]ion$/.test(stem) && several.test(stem.slice(0, -3))) stem = stem.slice(0, -3);

  if (stem.endsWith("e")) {
    const bare = stem.slice(0, -1);
    if (several.test(bare) || (one.test(bare) && !endsShort.test(bare))) stem = bare;
  }
  if (stem.endsWith("ll") && several.test(stem)) stem = stem.slice(0, -1);
  return stem.toLowerCase();
}

/** After "ed" or "ing" is gone: hop(p)ing, fil(e)ing, conflat(e)d. */
function mended(stem: string): string {
  if (/(at|bl|iz)$/.test(stem)) return `${stem}e`;
  if (/([^aeiouylsz])\1$/.test(stem)) return stem.slice(0, -1);
  return endsShort.test(stem) ? `${stem}e` : stem;
}

function replaced(stem: string, rules: readonly [string, string][]): string {
  const rule = rules.find(([end]) => stem.endsWith(end));
  if (rule === undefined) return stem;
  const [end, by] = rule;
  const bare = stem.slice(0, -end.length);
  return some.test(bare) ? bare + by : stem;
}

/** Longest first, so that "ational" is seen before "ation". */
function pairs(text: string): [string, string][] {
  return text
    .split("|")
    .map((pair): [string, string] => [pair.split(" ")[0] ?? "", pair.split(" ")[1] ?? ""])
    .toSorted(([a], [b]) => b.length - a.length);
}
