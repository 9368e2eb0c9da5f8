/** Where the text of a turn came from. Authority follows it: what a turn may do depends on everything that entered it. */

export type Label = "owner" | "allowed" | "stranger" | "peer" | "outside";

/** Text of this label entered the turn; `from` says from where, in words a person understands. */
export type Source = { label: Label; from: string };

/** Adds a source unless it is there already. */
export function addSource(sources: Source[], source: Source): void {
  if (sources.some(({ label, from }) => label === source.label && from === source.from)) return;
  sources.push(source);
}
