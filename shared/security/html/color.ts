/** Colours of CSS, as far as it takes to see that a text cannot be seen. */

/** Red, green, blue from 0 to 255, and how opaque from 0 to 1. */
export type Color = { red: number; green: number; blue: number; alpha: number };

export const WHITE: Color = { red: 255, green: 255, blue: 255, alpha: 1 };

/** Colours that hide text on the usual backgrounds; other names are told apart from none of them. */
const NAMES: ReadonlyMap<string, readonly [number, number, number]> = new Map([
  ["white", [255, 255, 255]],
  ["snow", [255, 250, 250]],
  ["ghostwhite", [248, 248, 255]],
  ["whitesmoke", [245, 245, 245]],
  ["ivory", [255, 255, 240]],
  ["floralwhite", [255, 250, 240]],
  ["mintcream", [245, 255, 250]],
  ["azure", [240, 255, 255]],
  ["aliceblue", [240, 248, 255]],
  ["seashell", [255, 245, 238]],
  ["black", [0, 0, 0]],
  ["gray", [128, 128, 128]],
  ["grey", [128, 128, 128]],
  ["silver", [192, 192, 192]],
  ["red", [255, 0, 0]],
  ["green", [0, 128, 0]],
  ["blue", [0, 0, 255]],
  ["yellow", [255, 255, 0]],
  ["orange", [255, 165, 0]],
  ["purple", [128, 0, 128]],
  ["navy", [0, 0, 128]],
  ["teal", [0, 128, 128]],
  ["maroon", [128, 0, 0]],
]);

/** The colour that a value names; undefined for gradients, variables, and what this does not know. */
export function readColor(value: string): Color | undefined {
  const text = value.trim();
  if (text === "transparent") return { ...WHITE, alpha: 0 };
  const named = NAMES.get(text);
  if (named !== undefined) return { red: named[0], green: named[1], blue: named[2], alpha: 1 };
  return readHex(text) ?? readFunction(text) ?? readWide(text);
}

/** How well one is read on the other: 1 not at all, 21 best (WCAG 2.2, contrast ratio). */
export function contrast(text: Color, ground: Color): number {
  const [light, dark] = [luminance(blend(text, ground)), luminance(ground)].sort((one, other) => other - one);
  return ((light ?? 0) + 0.05) / ((dark ?? 0) + 0.05);
}

function blend(above: Color, below: Color): Color {
  const mix = (over: number, under: number) => over * above.alpha + under * (1 - above.alpha);
  return {
    red: mix(above.red, below.red),
    green: mix(above.green, below.green),
    blue: mix(above.blue, below.blue),
    alpha: 1,
  };
}

function luminance({ red, green, blue }: Color): number {
  const linear = (channel: number) => {
    const share = channel / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
}

function readHex(text: string): Color | undefined {
  const digits = /^#([0-9a-f]{3,8})$/.exec(text)?.[1];
  if (digits === undefined || digits.length === 5 || digits.length === 7) return undefined;
  const pairs = digits.length < 6 ? [...digits].map((digit) => digit + digit) : (digits.match(/../g) ?? []);
  const [red = 0, green = 0, blue = 0, alpha = 255] = pairs.map((pair) => Number.parseInt(pair, 16));
  return { red, green, blue, alpha: alpha / 255 };
}

function readFunction(text: string): Color | undefined {
  const [, kind, inside] = /^(rgb|hsl)a?\(([^()]{1,80})\)$/.exec(text) ?? [];
  const parts = inside?.split(/[\s,/]+/).filter((part) => part !== "") ?? [];
  const numbers = parts.map((part) => Number.parseFloat(part));
  if (numbers.length < 3 || numbers.some(Number.isNaN)) return undefined;
  const [one = 0, two = 0, three = 0, four = 1] = numbers;
  const alpha = parts[3]?.endsWith("%") ? four / 100 : four;
  if (kind === "hsl") return { ...fromHsl(one, two / 100, three / 100), alpha };
  const scale = (number: number, part = "") => (part.endsWith("%") ? number * 2.55 : number);
  return { red: scale(one, parts[0]), green: scale(two, parts[1]), blue: scale(three, parts[2]), alpha };
}

/** `oklch()`, `lab()`, `color()` and their kin: the lightness alone, as a gray, is near enough; of `color()` the three channels. */
function readWide(text: string): Color | undefined {
  const [, kind, inside] = /^(oklch|oklab|lch|lab|color)\(([^()]{1,80})\)$/.exec(text) ?? [];
  const parts = inside?.split(/[\s,/]+/).filter((part) => part !== "" && !/^[a-z]/.test(part)) ?? [];
  const [one = Number.NaN, two = 0, three = 0, four = 1] = parts.map((part) =>
    part.endsWith("%") ? Number.parseFloat(part) / 100 : Number.parseFloat(part),
  );
  if (Number.isNaN(one)) return undefined;
  if (kind === "color") return { red: one * 255, green: two * 255, blue: three * 255, alpha: four };
  if ((kind?.startsWith("ok") ? two : two / 100) > 0.1) return undefined;
  const gray = 255 * (kind?.startsWith("ok") || parts[0]?.endsWith("%") ? one : one / 100);
  return { red: gray, green: gray, blue: gray, alpha: four };
}

/** https://www.w3.org/TR/css-color-4/#hsl-to-rgb */
function fromHsl(hue: number, saturation: number, lightness: number): Omit<Color, "alpha"> {
  const channel = (offset: number) => {
    const at = (offset + hue / 30) % 12;
    return (
      255 * (lightness - saturation * Math.min(lightness, 1 - lightness) * Math.max(-1, Math.min(at - 3, 9 - at, 1)))
    );
  };
  return { red: channel(0), green: channel(8), blue: channel(4) };
}
