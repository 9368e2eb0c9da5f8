/** Finds the JSON in what a model wrote: it may stand in a fence, or among friendly words. */

/** The first text that parses: all of it, a fenced block, or the first object or array in it. */
export function findJson(text: string): { value: unknown } | undefined {
  const fenced = [...text.matchAll(/```(?:json)?\s*\n?([\s\S]*?)```/g)].map((match) => match[1] ?? "");
  for (const candidate of [text, ...fenced, balanced(text)]) {
    const parsed = parse(candidate.trim());
    if (parsed !== undefined) return parsed;
  }
  return undefined;
}

/** From the first bracket to the one that closes it; brackets inside strings do not count. */
function balanced(text: string): string {
  const start = text.search(/[{[]/);
  if (start === -1) return "";
  let depth = 0;
  let inString = false;
  for (let at = start; at < text.length; at += 1) {
    const character = text[at];
    if (inString) {
      if (character === "\\") at += 1;
      else if (character === '"') inString = false;
    } else if (character === '"') inString = true;
    else if (character === "{" || character === "[") depth += 1;
    else if (character === "}" || character === "]") {
      depth -= 1;
      if (depth === 0) return text.slice(start, at + 1);
    }
  }
  return "";
}

function parse(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}
