/** What every memory layer keeps, whatever stands behind it. */
import { describe, expect, test } from "vitest";
import type { Fact, Layer, Reader } from "../../shared/memory/index.ts";

const signal = new AbortController().signal;
export const ann: Reader = { person: "ann", isOwner: false, room: null };
const bob: Reader = { person: "bob", isOwner: false, room: null };
const inRoom: Reader = { person: "ann", isOwner: false, room: "main" };

let count = 0;
/** A fact of ann's, told in private unless said otherwise. */
export function fact(text: string, more: Partial<Fact> = {}): Fact {
  return {
    id: `t${++count}`,
    text,
    kind: "knowledge",
    subject: "ann",
    origin: "person",
    audience: "person:ann",
    confidence: 0.8,
    source: { thread: null, message: null, by: "Ann", quote: null },
    validFrom: 1_000,
    validTo: null,
    learnedAt: 1_000,
    retractedAt: null,
    usedAt: 1_000,
    uses: 0,
    standing: "active",
    successor: null,
    ...more,
  };
}

/** `open` gives an empty layer and a way to take facts into it; it answers with the ids that the layer knows them by. */
export function memoryLayerContract(
  name: string,
  open: () => Promise<{ layer: Layer; take(facts: readonly Fact[]): Promise<string[]>; close(): Promise<void> }>,
): void {
  const play = async (story: (at: Awaited<ReturnType<typeof open>>) => Promise<void>) => {
    const opened = await open();
    try {
      await story(opened);
    } finally {
      await opened.close();
    }
  };
  const search = async (layer: Layer, question: string, reader: Reader, limit = 10) =>
    (await layer.search(question, { reader, limit, signal })).map(({ id }) => id);

  describe(`${name} keeps the contract of a memory layer`, () => {
    test("a natural question finds its fact, best first, and no more than were asked for", () =>
      play(async ({ layer, take }) => {
        const [turtle] = await take([
          fact("My turtle Gulliver eats dandelions"),
          fact("The turtle pond at Lakeside is closed"),
          fact("Lemuel wrote a book about travels"),
        ]);
        expect((await search(layer, "What does my turtle Gulliver eat?", ann))[0]).toBe(turtle);
        expect(await search(layer, "What does my turtle Gulliver eat?", ann, 1)).toEqual([turtle]);
      }));

    test("what was told in private is not found in a group, nor by somebody else", () =>
      play(async ({ layer, take }) => {
        const [secret, said] = await take([
          fact("Gulliver is ill"),
          fact("Gulliver likes the garden", { audience: "room:main" }),
        ]);
        expect(await search(layer, "How is Gulliver?", ann)).toEqual([secret]);
        expect(await search(layer, "How is Gulliver?", inRoom)).toEqual([said]);
        expect(await search(layer, "How is Gulliver?", bob)).toEqual([]);
      }));

    test("a forgotten fact is not found, and forgetting it again is no error", () =>
      play(async ({ layer, take }) => {
        const [gone, left] = await take([fact("Gulliver hides a key"), fact("Gulliver sleeps at noon")]);
        await layer.forget([gone ?? ""], { signal });
        await layer.forget([gone ?? "", "unknown"], { signal });
        expect(await search(layer, "Where does Gulliver hide the key?", ann)).toEqual([left]);
      }));

    test("an empty layer and a question without words find nothing", () =>
      play(async ({ layer }) => {
        expect(await search(layer, "Anything?", ann)).toEqual([]);
        expect(await search(layer, "?!…", ann)).toEqual([]);
        expect(await search(layer, '" OR * NEAR(', ann)).toEqual([]);
      }));
  });
}
