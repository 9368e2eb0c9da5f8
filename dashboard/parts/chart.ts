/** Small drawings in SVG, each with the same said in words. */
import { type Html, html } from "../html.ts";
import { clockHour } from "./figures.ts";

/** How much of a limit is used. */
export function meter(share: number, says: string): Html {
  const width = Math.min(100, Math.max(0, share * 100));
  return html`<svg class="meter ${share >= 0.8 && "near"}" role="img" aria-label="${says}"><rect class="track" width="100%" height="8" rx="4"/><rect class="used" width="${width.toFixed(1)}%" height="8" rx="4"/></svg>`;
}

/** One bar an hour, the last one for the hour that runs; a bar of `highest` is as high as can be. `hue` is a class. */
export function hours({
  counts,
  highest,
  until,
  hue,
  says,
}: {
  counts: readonly number[];
  highest: number;
  until: number;
  hue: string;
  says: string;
}): Html {
  const step = 100 / counts.length;
  const bars = counts.map((number, index) => {
    const height = number === 0 ? 1 : 3 + Math.round((number / highest) * 17);
    const hoursAgo = counts.length - 1 - index;
    return html`<rect class="${number === 0 && "none"}" x="${(index * step + step * 0.15).toFixed(2)}%" width="${(step * 0.7).toFixed(2)}%" y="${20 - height}" height="${height}"><title>${clockHour(until, hoursAgo)}: ${number}</title></rect>`;
  });
  return html`<svg class="hours ${hue}" role="img" aria-label="${says}">${bars}</svg>`;
}
