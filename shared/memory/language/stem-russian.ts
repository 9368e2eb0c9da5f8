/** Russian words to their stems: the Snowball algorithm for Russian, https://snowballstem.org/algorithms/russian/stemmer.html. */

const gerund = /((?<=[ая])(?:в|вши|вшись)|(?:ив|ивши|ившись|ыв|ывши|ывшись))$/;
const adjective = /(?:ее|ие|ые|ое|ими|ыми|ей|ий|ый|ой|ем|им|ым|ом|его|ого|ему|ому|их|ых|ую|юю|ая|яя|ою|ею)$/;
const participle = /((?<=[ая])(?:ем|нн|вш|ющ|щ)|(?:ивш|ывш|ующ))$/;
const reflexive = /(?:ся|сь)$/;
const verb =
  /((?<=[ая])(?:ла|на|ете|йте|ли|й|л|ем|н|ло|но|ет|ют|ны|ть|ешь|нно)|(?:ила|ыла|ена|ейте|уйте|ите|или|ыли|ей|уй|ил|ыл|им|ым|ен|ило|ыло|ено|ят|ует|уют|ит|ыт|ены|ить|ыть|ишь|ую|ю))$/;
const noun =
  /(?:а|ев|ов|ие|ье|е|иями|ями|ами|еи|ии|и|ией|ей|ой|ий|й|иям|ям|ием|ем|ам|ом|о|у|ах|иях|ях|ы|ь|ию|ью|ю|ия|ья|я)$/;

/** The stem of one lower-case Russian word (ё already written as е). */
export function stemRussian(word: string): string {
  const start = word.search(/[аеиоуыэюя]/);
  if (start < 0) return word;
  const prefix = word.slice(0, start + 1);
  let rest = word.slice(start + 1);
  // Endings of one length class compete; the longest match wins, and a preceding а/я may be the last letter of the prefix.
  const cut = (pattern: RegExp) => {
    const whole = prefix + rest;
    const shorter = whole.replace(pattern, "");
    const changed = shorter !== whole && shorter.length >= prefix.length;
    if (changed) rest = shorter.slice(prefix.length);
    return changed;
  };
  if (!cut(gerund)) {
    cut(reflexive);
    if (cut(adjective)) cut(participle);
    else if (!cut(verb)) cut(noun);
  }
  cut(/и$/);
  if (/[^аеиоуыэюя][аеиоуыэюя]+[^аеиоуыэюя]+[аеиоуыэюя].*ость?$/.test(word)) cut(/ость?$/);
  if (!cut(/ь$/)) {
    cut(/(?:ейш|ейше)$/);
    if (rest.endsWith("нн")) rest = rest.slice(0, -1);
  }
  return prefix + rest;
}
