/** Colours for a person's terminal; none where the output goes elsewhere or NO_COLOR says so. */
import type { WriteStream } from "node:tty";
import { dice } from "../../shared/base/index.ts";

export type Paint = {
  bold(text: string): string;
  /** What supports the rest: times, reasons, hints. */
  soft(text: string): string;
  good(text: string): string;
  wait(text: string): string;
  bad(text: string): string;
  /** An agent's name, or a text of its, in its hue. The hue stands for the agent only, never for a state. */
  agent(name: string, text?: string): string;
};

/** The hues of the control room, as the nearest of the 256 colours and of the 16. */
const HUES: Readonly<Record<string, readonly [number, number]>> = {
  kronos: [105, 94],
  nexus: [79, 36],
  lacuna: [176, 95],
  resonant: [179, 33],
  keystone: [110, 34],
  impulse: [209, 91],
};

/** Paint that suits the stream: how many colours it shows is asked of Node, which knows NO_COLOR and FORCE_COLOR. */
export function paintFor(stream: NodeJS.WritableStream): Paint {
  const { isTTY, getColorDepth } = stream as Partial<WriteStream>;
  const bits = isTTY === true ? (getColorDepth?.call(stream) ?? 1) : 1;
  const code = (on: string, off: string) => (text: string) =>
    bits === 1 || text === "" ? text : `\u001b[${on}m${text}\u001b[${off}m`;
  return {
    bold: code("1", "22"),
    soft: code("2", "22"),
    good: code("32", "39"),
    wait: code("33", "39"),
    bad: code("31", "39"),
    agent(name, text = name) {
      const [of256, of16] = HUES[name] ?? borrowed(name);
      return code(bits >= 8 ? `38;5;${of256}` : String(of16), "39")(text);
    },
  };
}

/** Agents that a person added share the six hues, each always the same. */
function borrowed(name: string): readonly [number, number] {
  const hues = Object.values(HUES);
  return hues[Math.floor(dice("hue", name) * hues.length)] ?? [252, 37];
}
