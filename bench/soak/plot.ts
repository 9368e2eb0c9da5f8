/** Lines over time as an SVG that needs nothing else. */

export type Line = { name: string; points: readonly { x: number; y: number }[] };
type Plot = { title: string; x: string; y: string; lines: readonly Line[] };

const WIDTH = 820;
const HEIGHT = 320;
const EDGE = { left: 64, right: 150, top: 36, bottom: 40 };
const HUES = ["#2563eb", "#dc2626", "#059669", "#d97706", "#7c3aed", "#0891b2", "#be185d", "#4b5563"];
const TICKS = 5;

/** Axes begin at zero for y and at the first point for x. */
export function plot({ title, x, y, lines }: Plot): string {
  const all = lines.flatMap(({ points }) => points);
  const xMin = Math.min(...all.map((point) => point.x), Number.MAX_SAFE_INTEGER);
  const xMax = Math.max(...all.map((point) => point.x), xMin + 1);
  const yMax = Math.max(...all.map((point) => point.y), 0) * 1.08 || 1;
  const [width, height] = [WIDTH - EDGE.left - EDGE.right, HEIGHT - EDGE.top - EDGE.bottom];
  const atX = (value: number) => EDGE.left + ((value - xMin) / (xMax - xMin)) * width;
  const atY = (value: number) => EDGE.top + height - (value / yMax) * height;
  const ticks = Array.from({ length: TICKS + 1 }, (_, i) => i / TICKS);
  const grid = ticks.flatMap((share) => {
    const [tickY, tickX] = [atY(share * yMax), atX(xMin + share * (xMax - xMin))];
    return [
      `<path d="M${EDGE.left} ${tickY.toFixed(1)}h${width}" stroke="#e5e7eb"/>`,
      text(EDGE.left - 8, tickY + 4, short(share * yMax), "end"),
      text(tickX, HEIGHT - EDGE.bottom + 18, short(xMin + share * (xMax - xMin)), "middle"),
    ];
  });
  const drawn = lines.map(({ points }, i) => {
    const steps = points.map(
      (point, at) => `${at === 0 ? "M" : "L"}${atX(point.x).toFixed(1)} ${atY(point.y).toFixed(1)}`,
    );
    return `<path d="${steps.join("")}" fill="none" stroke="${hue(i)}" stroke-width="1.6"/>`;
  });
  const legend = lines.map(({ name }, i) => {
    const at = EDGE.top + 8 + i * 18;
    return `<rect x="${WIDTH - EDGE.right + 14}" y="${at - 8}" width="10" height="10" fill="${hue(i)}"/>${text(WIDTH - EDGE.right + 30, at + 1, name, "start")}`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escaped(title)}" font-family="system-ui, sans-serif" font-size="12">`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#ffffff"/>`,
    `<text x="${EDGE.left}" y="20" font-size="14" font-weight="600" fill="#111827">${escaped(title)}</text>`,
    ...grid,
    ...drawn,
    ...legend,
    text(EDGE.left + width / 2, HEIGHT - 6, x, "middle"),
    text(8, EDGE.top - 8, y, "start"),
    "</svg>",
    "",
  ].join("\n");
}

function text(x: number, y: number, words: string, anchor: "start" | "middle" | "end"): string {
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="${anchor}" fill="#4b5563">${escaped(words)}</text>`;
}

function hue(index: number): string {
  return HUES[index % HUES.length] ?? "#000000";
}

function short(value: number): string {
  return value >= 100 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));
}

function escaped(words: string): string {
  return words.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
