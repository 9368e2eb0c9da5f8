/** Finds the sum in "what is 12*7", "сколько будет 2+2", "15 % von 80", and writes it so that a calculator reads it. */

const ASKS =
  /what(?:'s| is| are)|calculate|compute|how much|сколько|посчитай|вычисли|чему равно|wie ?viel|was (?:ist|sind|macht|ergibt)|berechne|rechne/i;

/** Operators as people write and say them. */
const SPOKEN: readonly (readonly [RegExp, string])[] = [
  [/[×·]|(?<=\d\s?)[xх](?=\s?\d)/gi, "*"],
  [/[÷:](?=\s?\d)/g, "/"],
  [/[−–]/g, "-"],
  [/\s(?:plus|плюс|und(?=\s\d))\s/gi, " + "],
  [/\s(?:minus|минус)\s/gi, " - "],
  [/\s(?:multiplied by|times|умножить на|умноженное на|mal)\s/gi, " * "],
  [/\s(?:divided by|over|(?:раз)?делить на|разделить на|geteilt durch|durch)\s/gi, " / "],
  [/(?<=\d),(?=\d{1,2}(?:\D|$))/g, "."],
  [/(?<=\d)[, ](?=\d{3}(?:\D|$))/g, ""],
];

const PERCENT = /(\d+(?:\.\d+)?)\s*(?:%|percent|процент\p{L}*|prozent)\s*(?:of|от|von)\s*(\d+(?:\.\d+)?)/iu;
const SUM = /[-(]*\d[\d.]*(?:\s*[-+*/^]\s*[-(]*\d[\d.]*\)*)+/;

/** An expression of numbers, brackets and + - * / ^, or "15% of 80", or undefined when the message asks for none. */
export function arithmeticIn(message: string): string | undefined {
  if (/\d{4}-\d{2}-\d{2}|\d{1,2}:\d{2}|\d{1,2}\/\d{1,2}\/\d{2,4}|https?:/.test(message)) return undefined;
  const text = SPOKEN.reduce((line, [said, sign]) => line.replace(said, sign), message);
  const percent = PERCENT.exec(text);
  if (percent !== null) return `${percent[1]}% of ${percent[2]}`;
  const sum = SUM.exec(text)?.[0];
  if (sum === undefined || !isBalanced(sum) || isRange(sum, text)) return undefined;
  // Asked for in words, or nothing but the sum itself.
  const rest = text.replace(sum, "").replace(/[\s=?!.]/g, "");
  return ASKS.test(message) || rest === "" ? sum.trim() : undefined;
}

/** "3-4 designers" counts people; it takes nothing away. */
function isRange(sum: string, text: string): boolean {
  return /^\d+-\d+$/.test(sum) && /^\s*\p{L}/u.test(text.slice(text.indexOf(sum) + sum.length));
}

function isBalanced(sum: string): boolean {
  return sum.split("(").length === sum.split(")").length;
}
