/**
 * Lists of numbers that lie outside of the heap: as many bytes as their numbers have, and an eighth to spare. Written out
 * for each kind: recall reads them some hundred thousand times a question, and code that meets one kind of array alone is compiled to a plain read.
 */

type List = Int32Array | Float64Array | Uint8Array;

export interface Numbers {
  /** 0 where nothing was written yet. */
  at(place: number): number;
  set(place: number, value: number): void;
}

/** Places of a list at first. */
const FIRST = 256;
/** What a list that is full gains: little, because it is copied seldom and kept for months. */
const GROWTH = 1.125;

export function createInts(): Numbers {
  let list = new Int32Array(FIRST);
  return {
    at: (place) => list[place] ?? 0,
    set(place, value) {
      list = grown(list, place + 1);
      list[place] = value;
    },
  };
}

export function createReals(): Numbers {
  let list = new Float64Array(FIRST);
  return {
    at: (place) => list[place] ?? 0,
    set(place, value) {
      list = grown(list, place + 1);
      list[place] = value;
    },
  };
}

/** Numbers from 0 to 255. */
export function createBytes(): Numbers {
  let list = new Uint8Array(FIRST);
  return {
    at: (place) => list[place] ?? 0,
    set(place, value) {
      list = grown(list, place + 1);
      list[place] = value;
    },
  };
}

/** The list itself while so many places fit; a longer copy of it when not. */
export function grown<Own extends List>(list: Own, places: number): Own {
  if (places <= list.length) return list;
  const longer = new (list.constructor as new (length: number) => Own)(Math.ceil(places * GROWTH));
  longer.set(list);
  return longer;
}
