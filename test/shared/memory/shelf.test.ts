/** The shelf: what stands on it stays what it is, whatever else comes and goes; and the memory that went with it is used again. */
import { expect, test } from "vitest";
import { createShelf, type Shelved } from "../../../shared/memory/recall/shelf.ts";
import { newFact, newMemory, newPath, signal, take } from "./memory-home.ts";

function shelved(seq: number, more: Partial<Shelved> = {}): Shelved {
  return {
    seq,
    kind: "said",
    by: "Ann",
    audience: "person:ann",
    standing: "active",
    isQuestion: false,
    hasNumber: false,
    at: seq * 1_000,
    validTo: null,
    usedAt: 0,
    confidence: 0.5,
    spans: [{ from: seq, to: seq + 1 }],
    episode: 1,
    words: Array.from({ length: 20 }, (_, i) => `word${(seq * 7 + i) % 300}`).join(" "),
    ...more,
  };
}

test("what stays keeps its words, times and neighbours while ten thousand others come and go", () => {
  const shelf = createShelf();
  const living = new Set<number>();
  for (let seq = 1; seq <= 12_000; seq++) {
    shelf.add(shelved(seq));
    living.add(seq);
    const gone = seq - 100;
    if (gone > 0 && gone % 10 !== 0) {
      shelf.remove(gone);
      living.delete(gone);
    }
  }
  expect(shelf.own().toSorted((a, b) => a - b)).toEqual([...living]);
  expect(shelf.size).toBe(living.size);
  const words = shelf.words();
  // Most of the words that were ever here are gone.
  expect(words.length).toBeLessThan((12_000 * 20) / 2);
  const fresh = createShelf();
  for (const seq of living) fresh.add(shelved(seq));
  for (const seq of living) {
    const slip = shelf.get(seq);
    if (slip === undefined) throw new Error(`fact ${seq} is gone`);
    const own = [...words.subarray(slip.start, slip.start + slip.length)];
    const expected = shelved(seq).words.split(" ");
    expect(own).toEqual(expected.map((word) => shelf.vocabulary.numberOf(word)));
    expect(slip).toMatchObject({ spans: [{ from: seq, to: seq + 1 }], at: seq * 1_000, by: "Ann", validTo: null });
    expect(slip).toMatchObject({ previous: fresh.get(seq)?.previous, next: fresh.get(seq)?.next });
  }
});

test("guests make room for guests, and nobody is told of one that has gone", () => {
  const shelf = createShelf();
  shelf.add(shelved(1));
  const first = shelf.host("g0", shelved(0, { episode: null }));
  expect(shelf.host("g0", shelved(0, { episode: null }))).toBe(first);
  for (let i = 1; i <= 2_000; i++) shelf.host(`g${i}`, shelved(i, { episode: null }));
  expect(shelf.size).toBe(2);
  expect(shelf.own()).toEqual([1]);
  const seen = shelf.findableBy({ person: "ann", isOwner: false, room: null });
  expect([1, first].map(seen)).toEqual([true, true]);
  expect(shelf.findableBy({ person: "bob", isOwner: false, room: null })(1)).toBe(false);
});

test("uses reach the file with the turns that are remembered, also where no fact is ever kept by hand", async () => {
  const path = newPath();
  const memory = await newMemory({ path });
  const ids = await take(
    memory,
    Array.from({ length: 300 }, (_, i) => newFact(`Ann has seen lighthouse number ${i}`)),
  );
  memory.facts.used(ids);
  await memory.remember({
    ...{ thread: "t", message: null, audience: "person:ann", answer: null, text: "Good morning" },
    person: { id: "ann", name: "Ann", isOwner: false },
  });
  const other = await newMemory({ path });
  expect((await other.facts.many(ids)).every(({ uses }) => uses === 1)).toBe(true);
  expect(
    (await other.recall("lighthouse 7", { reader: { person: "ann", isOwner: false, room: null }, signal })).missing,
  ).toEqual([]);
});
