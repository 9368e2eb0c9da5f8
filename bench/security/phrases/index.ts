/** Examples of our own that the shield's model learns from besides the public sets: attacks and harmless look-alikes. */
import { seeded } from "../../../shared/base/index.ts";
import { attacks } from "./attacks.ts";
import { harmless } from "./harmless.ts";
import { kinds } from "./kinds.ts";
import { longTexts } from "./long.ts";
import { ordinary } from "./ordinary.ts";
import { foreignAttacks, foreignHarmless } from "./tongues.ts";

/** `counts` is how much the list counts beside a public set. */
type List = { set: string; attack: boolean; counts: number; texts: readonly string[] };

/** At most so many texts from one template, evenly taken. */
const PER_TEMPLATE_MAX = 24;

/** All of them, in a fixed order. */
export function ownExamples(): List[] {
  const long = longTexts(seeded(11), ordinary.flatMap(textsOf), kinds.flatMap(textsOf));
  const among = (attack: boolean) => long.filter((one) => one.attack === attack).map(({ text }) => text);
  return [
    { set: "own_attacks", attack: true, counts: 1, texts: attacks.flatMap(textsOf) },
    { set: "own_harmless", attack: false, counts: 1, texts: harmless.flatMap(textsOf) },
    { set: "own_kinds", attack: true, counts: 2, texts: kinds.flatMap(textsOf) },
    { set: "own_ordinary", attack: false, counts: 3, texts: ordinary.flatMap(textsOf) },
    { set: "own_foreign_attacks", attack: true, counts: 2, texts: foreignAttacks.flatMap(textsOf) },
    { set: "own_foreign_harmless", attack: false, counts: 2, texts: foreignHarmless.flatMap(textsOf) },
    { set: "own_long_attacks", attack: true, counts: 1, texts: among(true) },
    { set: "own_long_harmless", attack: false, counts: 1, texts: among(false) },
  ];
}

function textsOf(template: string): string[] {
  const all = spread(template);
  const step = Math.max(1, all.length / PER_TEMPLATE_MAX);
  return Array.from({ length: Math.min(all.length, PER_TEMPLATE_MAX) }, (_, at) => all[Math.floor(at * step)] ?? "");
}

/** `{a|b}` stands for either; every combination is one text. */
function spread(template: string): string[] {
  const choice = /\{([^{}]*)\}/.exec(template);
  if (choice === null) return [template.replace(/\s+/g, " ").trim()];
  const [whole, inside = ""] = choice;
  return inside.split("|").flatMap((word) => spread(template.replace(whole, () => word)));
}
