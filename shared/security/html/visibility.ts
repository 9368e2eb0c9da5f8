/** Whether a person can see an element's text, by what its style says and what it inherits. */
import { type Color, contrast, readColor, WHITE } from "./color.ts";
import type { Declarations } from "./declarations.ts";

/** What an element's text looks like, as far as that decides whether it is seen. Children begin with it. */
export type Look = {
  /** Nothing below can be seen, whatever it says. */
  gone: boolean;
  /** `visibility` and a tiny font: children can take these back. */
  invisible: boolean;
  tiny: boolean;
  /** The text's colour where a style names one. */
  color: Color | undefined;
  /** What is behind it; undefined when it is a picture or unknown. */
  ground: Color | undefined;
};

export const SHOWN: Look = { gone: false, invisible: false, tiny: false, color: undefined, ground: WHITE };

/** Smaller letters cannot be read. */
const FONT_PX_MIN = 2;
const FONT_SHARE_MIN = 0.15;
const OPACITY_MIN = 0.1;
/** Above the page and left of it, where nobody can scroll. */
const OFF_SCREEN_PX = 900;
/** So far to the right nobody scrolls, and no box is as large, to be counted from its other side. */
const FAR_PX = 4_000;
/** Letters so far apart are no words. */
const LETTER_SPACING_PX = 200;
/** A box this small that cuts off its content shows none of it. */
const BOX_PX_MAX = 1;
/** Below this contrast text and background are the same to the eye. */
const CONTRAST_MIN = 1.2;

export function isSeen(look: Look): boolean {
  if (look.gone || look.invisible || look.tiny) return false;
  if (look.color === undefined) return true;
  if (look.color.alpha < OPACITY_MIN) return false;
  return look.ground === undefined || contrast(look.color, look.ground) >= CONTRAST_MIN;
}

/** The look of an element with this style inside one with that look. */
export function lookOf(style: Declarations, outer: Look): Look {
  const visibility = style.get("visibility");
  const font =
    style.get("font-size") ?? /(?:^|\s)([\d.]+(?:px|pt|em|rem|%|(?=\/|\s)))/.exec(style.get("font") ?? "")?.[1];
  const ground = style.get("background-color") ?? style.get("background");
  const color = style.get("-webkit-text-fill-color") ?? style.get("color") ?? style.get("fill");
  return {
    gone: outer.gone || hides(style),
    invisible:
      visibility === undefined || isInherited(visibility) ? outer.invisible : /^(?:hidden|collapse)/.test(visibility),
    tiny: font === undefined ? outer.tiny : isTiny(font, outer.tiny),
    color: color === undefined || isInherited(color) ? outer.color : colorOf(color, style),
    ground: groundOf(ground, style.get("background-image"), outer.ground),
  };
}

function hides(style: Declarations): boolean {
  const say = (name: string) => style.get(name) ?? "";
  return (
    say("display").split(" ")[0] === "none" ||
    say("content-visibility") === "hidden" ||
    say("mso-hide") === "all" ||
    isFaint(say("opacity")) ||
    isFaint(/opacity\(([^)]{1,12})\)/.exec(say("filter"))?.[1] ?? "") ||
    isClipped(say("clip"), say("clip-path")) ||
    isNothing(say("transform"), say("scale"), say("zoom")) ||
    isMovedOut(say("translate").split(" ")) ||
    Math.abs(pixels(say("letter-spacing"))) > LETTER_SPACING_PX ||
    isEmptyBox(style) ||
    isPushedOut(style) ||
    pixels(say("text-indent")) < -OFF_SCREEN_PX / 3 ||
    ["margin-left", "margin-top", "margin-right"].some((side) => pixels(say(side)) < -OFF_SCREEN_PX) ||
    pixels(say("margin").split(" ").at(-1) ?? "") < -OFF_SCREEN_PX ||
    isPlacedOut(say)
  );
}

/** A page goes on downwards, so what is placed low on it is seen by whoever scrolls, unless it stays with the screen. */
function isPlacedOut(say: (name: string) => string): boolean {
  const position = say("position");
  if (!/^(?:absolute|fixed|relative|sticky)/.test(position)) return false;
  const [top = "", right = top, bottom = top, left = right] = say("inset").split(" ");
  const first = (name: string) => say(name).split(" ")[0] ?? "";
  const lefts = [left, first("inset-inline"), say("inset-inline-start"), say("left")].map((value) => pixels(value));
  const tops = [top, first("inset-block"), say("inset-block-start"), say("top")].map((value) => pixels(value));
  const ends = [right, bottom, say("right"), say("bottom")].map((value) => pixels(value));
  if (position.startsWith("fixed"))
    return [...lefts, ...tops, ...ends].some((offset) => Math.abs(offset) > OFF_SCREEN_PX);
  return (
    [...lefts, ...tops].some((offset) => offset < -OFF_SCREEN_PX) ||
    [...lefts, ...ends].some((offset) => offset > FAR_PX)
  );
}

/** Moved up or aside from where it would stand. Shares are of its own size: by one of them a box is put above another. */
function isMovedOut([x = "", y = ""]: readonly string[]): boolean {
  const isUp = pixels(y) < -OFF_SCREEN_PX && (!y.includes("%") || pixels(y) < -FAR_PX);
  return pixels(x) < -OFF_SCREEN_PX || pixels(x) > FAR_PX || isUp;
}

/** Pushed out of its box by the width of the box, in one line, and cut off there. */
function isPushedOut(style: Declarations): boolean {
  const indent = style.get("text-indent") ?? "";
  const cut = /hidden|clip/.test(`${style.get("overflow") ?? ""} ${style.get("overflow-x") ?? ""}`);
  return cut && indent.endsWith("%") && Math.abs(Number.parseFloat(indent)) >= 100;
}

/** No width or height, and what sticks out cut off. */
function isEmptyBox(style: Declarations): boolean {
  const overflow = ["overflow", "overflow-x", "overflow-y"].map((name) => style.get(name) ?? "").join(" ");
  if (!/hidden|clip|scroll|auto/.test(overflow)) return false;
  return ["width", "height", "max-width", "max-height", "block-size", "inline-size", "max-block-size"].some((name) => {
    const value = style.get(name);
    return value !== undefined && Math.abs(pixels(value, Number.NaN)) <= BOX_PX_MAX;
  });
}

function isClipped(clip: string, path: string): boolean {
  const numbers = (text: string) => (text.match(/-?[\d.]+/g) ?? []).map(Number);
  if (clip.startsWith("rect")) {
    const [top = 0, right = 0, bottom = 0, left = 0] = numbers(clip);
    if (!clip.includes("auto") && (right - left <= BOX_PX_MAX || bottom - top <= BOX_PX_MAX)) return true;
  }
  if (path.startsWith("inset"))
    return numbers(path)
      .slice(0, 4)
      .some((share) => share >= 50 && path.includes("%"));
  if (/^(?:circle|ellipse)/.test(path)) return (numbers(path)[0] ?? 1) <= BOX_PX_MAX;
  return path.startsWith("polygon") && new Set(numbers(path)).size <= 1;
}

function isNothing(transform: string, scale: string, zoom: string): boolean {
  if (/scale[xy3d]{0,2}\(\s*0*(?:\.0\d*)?\s*[,)]/.test(transform) || /rotate[xy]\(\s*90deg/.test(transform))
    return true;
  if (/^0*(?:\.0\d*)?$/.test(scale) && scale !== "") return true;
  if (zoom !== "" && Number.parseFloat(zoom) < FONT_SHARE_MIN) return true;
  const moves = [...transform.matchAll(/translate([xy3d]{0,2})\(([^)]{1,60})\)/g)];
  return moves.some(([, how = "", by = ""]) => isMovedOut(how === "y" ? ["", by] : by.split(",")));
}

function isFaint(value: string): boolean {
  if (value === "") return false;
  const bare = value.replace(/^calc\(|\)$/g, "");
  const number = Number.parseFloat(bare) / (bare.endsWith("%") ? 100 : 1);
  return number < OPACITY_MIN;
}

function isTiny(font: string, outer: boolean): boolean {
  const number = Number.parseFloat(font);
  if (Number.isNaN(number)) return isInherited(font) ? outer : false;
  if (/(?:em|%)$/.test(font) && !font.endsWith("rem"))
    return outer || number / (font.endsWith("%") ? 100 : 1) < FONT_SHARE_MIN;
  return pixels(font) < FONT_PX_MIN;
}

/** Letters that let a patterned background through are read by it. */
function colorOf(value: string, style: Declarations): Color | undefined {
  const clipped = style.get("-webkit-background-clip") ?? style.get("background-clip");
  return clipped === "text" ? undefined : readColor(value);
}

function groundOf(value: string | undefined, image: string | undefined, outer: Color | undefined): Color | undefined {
  if (image !== undefined && image !== "none") return undefined;
  if (value === undefined || isInherited(value) || value === "none") return outer;
  const color =
    readColor(value) ??
    value
      .split(/\s+/)
      .map(readColor)
      .find((found) => found !== undefined);
  if (color === undefined) return undefined;
  return color.alpha < 0.5 ? outer : color;
}

function isInherited(value: string): boolean {
  return /^(?:inherit|initial|unset|revert|currentcolor)$/.test(value);
}

const UNIT_PX: ReadonlyMap<string, number> = new Map([
  ["px", 1],
  ["", 1],
  ["em", 16],
  ["rem", 16],
  ["ex", 8],
  ["ch", 8],
  ["pt", 4 / 3],
  ["pc", 16],
  ["in", 96],
  ["cm", 37.8],
  ["mm", 3.78],
  ["vw", 13],
  ["vh", 8],
  ["vmax", 13],
  ["vmin", 8],
  ["%", 10],
]);

/** A length in CSS pixels, near enough; 0 or what is given for no length. `calc()` counts its first number. */
function pixels(value: string, otherwise = 0): number {
  const [, number, unit = ""] = /^(?:calc\(\s*)?(-?\d*\.?\d+(?:e\d)?)([a-z%]*)/.exec(value.trim()) ?? [];
  if (number === undefined) return otherwise;
  return Number(number) * (UNIT_PX.get(unit) ?? 1);
}
