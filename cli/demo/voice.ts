/** How the demos speak: on stdout, or on stderr while stdout belongs to a program. */
import type { Context } from "../context.ts";
import { widthOf } from "../terminal/layout.ts";
import { type Paint, paintFor } from "../terminal/paint.ts";

export type Voice = { say(text: string): void; paint: Paint; width: number };

/** What a shell calls a program that Ctrl-C has ended. */
export const INTERRUPTED = 130;

export function voiceFor({ print, note }: Context, { json }: { json: boolean }): Voice {
  const out = json ? process.stderr : process.stdout;
  return { say: json ? note : print, paint: paintFor(out), width: widthOf(out) };
}

/** Seconds to a tenth. */
export function seconds(ms: number): number {
  return Math.round(ms / 100) / 10;
}
