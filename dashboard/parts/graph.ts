/** Entities and their relations as a drawing, with the same as a list for those who read it. */
import { FACTS_COUNTED_MAX } from "../../shared/memory/index.ts";
import { type Html, html } from "../html.ts";
import { count } from "./figures.ts";
import { empty } from "./word.ts";

type Entity = { id: number; name: string; facts: number };
type Relation = { source: string; kind: string; target: string; fact: string };

const WIDTH = 560;
const HEIGHT = 460;
/** Names longer than this are cut in the drawing; the list has them whole. */
const NAME_MAX = 16;

/** Entities stand on a circle in the order of how many facts speak of them; `factHref` leads from a relation to its fact. */
export function graph({
  entities,
  relations,
  factHref,
}: {
  entities: readonly Entity[];
  relations: readonly Relation[];
  factHref(fact: string): string;
}): Html {
  if (entities.length === 0) return empty("No names yet: they are drawn from what people say.");
  const most = Math.max(...entities.map(({ facts }) => facts));
  const places = new Map(entities.map(({ name }, i): [string, Place] => [name, placeOf(i, entities.length)]));
  const drawn = relations.flatMap(({ source, kind, target }) => {
    const [from, to] = [places.get(source), places.get(target)];
    return from === undefined || to === undefined ? [] : [{ from, to, says: `${source} ${kind} ${target}` }];
  });
  return html`
    <svg class="graph" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${entities.length} names and ${drawn.length} relations between them; the list below says the same">
      ${drawn.map(({ from, to, says }) => html`<line x1="${from.x.toFixed(1)}" y1="${from.y.toFixed(1)}" x2="${to.x.toFixed(1)}" y2="${to.y.toFixed(1)}"><title>${says}</title></line>`)}
      ${entities.map(({ name, facts }) => {
        const { x, y } = places.get(name) ?? { x: 0, y: 0 };
        const radius = 4 + 10 * Math.sqrt(facts / most);
        const anchor = Math.abs(x - WIDTH / 2) < 30 ? "middle" : x < WIDTH / 2 ? "end" : "start";
        const dx = anchor === "middle" ? 0 : anchor === "end" ? -radius - 4 : radius + 4;
        const dy = anchor === "middle" ? (y < HEIGHT / 2 ? -radius - 6 : radius + 16) : 5;
        return html`<circle cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" r="${radius.toFixed(1)}"><title>${name}: ${factsOf(facts)}</title></circle><text x="${(x + dx).toFixed(1)}" y="${(y + dy).toFixed(1)}" text-anchor="${anchor}">${shortened(name)}</text>`;
      })}
    </svg>
    <details id="graph-words" class="more">
      <summary>The same in words</summary>
      <ul>${entities.map(({ name, facts }) => html`<li>${name}: ${factsOf(facts)}</li>`)}</ul>
      ${relations.length > 0 && html`<ul>${relations.map(({ source, kind, target, fact }) => html`<li>${source} ${kind} ${target} <a href="${factHref(fact)}">why</a></li>`)}</ul>`}
    </details>`;
}

type Place = { x: number; y: number };

function placeOf(i: number, count: number): Place {
  const angle = (i / count) * 2 * Math.PI - Math.PI / 2;
  return { x: WIDTH / 2 + WIDTH * 0.26 * Math.cos(angle), y: HEIGHT / 2 + HEIGHT * 0.41 * Math.sin(angle) };
}

function factsOf(facts: number): string {
  return `in ${count(facts, "fact")}${facts >= FACTS_COUNTED_MAX ? " or more" : ""}`;
}

function shortened(name: string): string {
  return name.length <= NAME_MAX ? name : `${name.slice(0, NAME_MAX - 1)}…`;
}
