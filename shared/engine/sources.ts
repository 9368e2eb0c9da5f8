/** Where the text of a turn came from. Authority follows it: what a turn may do depends on everything that entered it. */

export type Label = "owner" | "allowed" | "stranger" | "peer" | "outside";

/** Text of this label entered the turn; `from` says from where, in words a person understands. */
export type Source = { label: Label; from: string };

/** Text of others that stands in the turn, word for word: what was noted before it began, or what a call brought from outside. */
export type Seen = {
  text: string;
  /** The arguments of the call that brought it, as JSON text; a note was asked for by nobody. */
  asked?: string;
};

/** Adds a source unless it is there already. */
export function addSource(sources: Source[], source: Source): void {
  if (sources.some(({ label, from }) => label === source.label && from === source.from)) return;
  sources.push(source);
}

/** Whether it is the word of somebody who may ask for nothing: neither the owner nor a person who is allowed. */
export function isForeign({ label }: Source): boolean {
  return label !== "owner" && label !== "allowed";
}
