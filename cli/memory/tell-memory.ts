/** What `kaos memory` found, as a person reads it. */
import { cut, oneLine } from "../../shared/base/index.ts";
import type { Fact, History, Hypothesis, NightReport, Recall, Receipt } from "../../shared/memory/index.ts";
import { localDay } from "../terminal/layout.ts";
import type { Paint } from "../terminal/paint.ts";

const TEXT_MAX = 120;
/** Changes of one step that are told; the rest is counted. */
const CHANGES_MAX = 20;

export function tellFact(fact: Fact, paint: Paint): string {
  const until = fact.validTo === null ? "" : ` until ${localDay(fact.validTo)}`;
  const standing = fact.standing === "active" ? "" : ` · ${fact.standing}`;
  const about = paint.soft(
    `${fact.kind} · ${localDay(fact.validFrom)}${until} · ${oneLine(fact.source.by)} · ${fact.audience}${standing}`,
  );
  return `${paint.bold(fact.id)}  ${cut(oneLine(fact.text), TEXT_MAX)}\n  ${about}`;
}

export function tellRecall(
  { recollections, missing }: Recall,
  paint: Paint,
  { explain }: { explain: boolean },
): string {
  const lines = missing.map(({ layer, because }) => `${paint.bad("✗")} ${layer}: ${because}`);
  if (recollections.length === 0) lines.push("Nothing it remembers fits.");
  for (const { fact, score, layers, because } of recollections) {
    lines.push(`${score.toFixed(2).padStart(6)}  ${tellFact(fact, paint).replace("\n", "\n      ")}`);
    if (!explain) continue;
    const places = Object.entries(layers).map(([layer, place]) => `${layer} ${place}.`);
    const parts = Object.entries(because)
      .toSorted(([, a], [, b]) => Math.abs(b) - Math.abs(a))
      .map(([name, value]) => `${name} ${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(2)}`);
    lines.push(paint.soft(`        place: ${places.length === 0 ? "beside another one" : places.join(", ")}`));
    lines.push(paint.soft(`        score: ${parts.join(", ")}`));
  }
  return lines.join("\n");
}

export function tellHistory({ fact, sources, drawnFrom, drawnInto, nights, entities }: History, paint: Paint): string {
  const lines = [tellFact(fact, paint), ""];
  const { confidence, origin, learnedAt, uses, usedAt, successor } = fact;
  lines.push(
    `  origin ${origin}, confidence ${confidence.toFixed(2)}, learned ${localDay(learnedAt)}, used ${uses} times, last ${localDay(usedAt)}`,
  );
  if (successor !== null) lines.push(`  ${fact.standing === "merged" ? "merged into" : "followed by"} ${successor}`);
  for (const { by, at, message, quote } of sources) {
    const where = message === null ? "" : ` in ${message}`;
    lines.push(
      `  said by ${oneLine(by)} on ${localDay(at)}${where}${quote === null ? "" : `: “${cut(oneLine(quote), TEXT_MAX)}”`}`,
    );
  }
  for (const one of drawnFrom) lines.push(`  drawn from ${one.id}: ${cut(oneLine(one.text), TEXT_MAX)}`);
  for (const one of drawnInto) lines.push(`  led to ${one.id}: ${cut(oneLine(one.text), TEXT_MAX)}`);
  for (const { night, at, step, before, undone } of nights)
    lines.push(`  night ${night} (${localDay(at)}) ${step}; before it was ${before}${undone ? "; undone" : ""}`);
  if (entities.length > 0) lines.push(`  speaks of ${entities.join(", ")}`);
  return lines.join("\n");
}

export function tellNight({ night, steps, recallBefore, recallAfter }: NightReport, paint: Paint): string {
  const lines = [night === null ? "Nothing was changed; a night would do this:" : `Night ${night}:`];
  for (const { step, changes, rolledBack } of steps) {
    const back = rolledBack ? paint.wait(" (put back: questions were answered worse)") : "";
    lines.push(`${paint.bold(step)}: ${changes.length}${back}`);
    for (const { id, because } of changes.slice(0, CHANGES_MAX)) lines.push(`  ${id}  ${because}`);
    if (changes.length > CHANGES_MAX) lines.push(paint.soft(`  and ${changes.length - CHANGES_MAX} more`));
  }
  const share = (part: number) => `${Math.round(part * 100)} %`;
  lines.push(`Probes answered: ${share(recallBefore)} before, ${share(recallAfter)} after.`);
  return lines.join("\n");
}

export function tellReceipt({ forgotten, rewritten, stillFound }: Receipt, paint: Paint): string {
  const lines = [
    `${paint.good("✓")} Forgotten: ${forgotten.length === 0 ? "nothing was there" : forgotten.join(", ")}.`,
  ];
  if (rewritten.length > 0) lines.push(`  Their words were taken out of ${rewritten.join(", ")}.`);
  if (stillFound.length === 0) lines.push("  Every layer was searched again, and found nothing of it.");
  for (const { layer, because } of stillFound) lines.push(`  ${paint.bad("✗")} ${layer}: ${because}`);
  return lines.join("\n");
}

export function tellModel(hypotheses: readonly Hypothesis[], paint: Paint): string {
  if (hypotheses.length === 0) return "Nothing is supposed of them yet.";
  return hypotheses
    .flatMap(({ id, text, state, by, confidence, for: pro, against }) => [
      `${paint.bold(`#${id}`)} ${cut(oneLine(text), TEXT_MAX)}  ${paint.soft(`${state} · ${confidence.toFixed(2)} · by ${by}`)}`,
      ...pro.map((fact) => `  for      ${fact.id} ${cut(oneLine(fact.text), TEXT_MAX)}`),
      ...against.map((fact) => `  against  ${fact.id} ${cut(oneLine(fact.text), TEXT_MAX)}`),
    ])
    .join("\n");
}
