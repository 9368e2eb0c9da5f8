/** In what one behaviour is another than the other, for a person who reviews a change. */
import type { Behaviour } from "./scenario.ts";

/** Each difference is a sentence; none when the two are the same. The second is what is new. */
export function differences(was: Behaviour, is: Behaviour): string[] {
  const found: string[] = [];
  const say = (what: string, before: string, now: string) => {
    if (before !== now) found.push(`${what}: was ${before}, is ${now}`);
  };
  say("end", endOf(was), endOf(is));
  say("steps", String(was.steps), String(is.steps));
  const tools = ({ calls }: Behaviour) => (calls.length === 0 ? "none" : calls.map(({ tool }) => tool).join(", "));
  if (tools(was) !== tools(is)) {
    const sorted = (of: Behaviour) =>
      of.calls
        .map(({ tool }) => tool)
        .toSorted()
        .join();
    say(sorted(was) === sorted(is) ? "order of tools" : "tools", tools(was), tools(is));
  } else {
    for (const [i, before] of was.calls.entries()) {
      const now = is.calls[i];
      if (now === undefined) continue;
      const which = `${before.tool} (call ${i + 1})`;
      say(`gate of ${which}`, before.gate, now.gate);
      say(`outcome of ${which}`, before.outcome, now.outcome);
      say(`arguments of ${which}`, before.arguments, now.arguments);
      say(`step of ${which}`, String(before.step), String(now.step));
    }
  }
  if (was.end === is.end && was.text !== is.text) found.push(`answer: was ${quoted(was.text)}, is ${quoted(is.text)}`);
  return found;
}

function endOf({ end, because }: Behaviour): string {
  return because === "" ? end : `${end} (${because})`;
}

const SHOWN_CHARACTERS_MAX = 120;

function quoted(text: string): string {
  const line = text.replaceAll(/\s+/g, " ").trim();
  return `"${line.length > SHOWN_CHARACTERS_MAX ? `${line.slice(0, SHOWN_CHARACTERS_MAX)}…` : line}"`;
}
