/** A list read in pieces is the list read whole, wherever the pieces end. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { readList } from "../../../shared/portability/foreign/read-list.ts";

async function* inPieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function all(text: string, size: number): Promise<unknown[]> {
  const found: unknown[] = [];
  for await (const one of readList(inPieces(Buffer.from(text), size), "x.json")) found.push(one);
  return found;
}

test("any list of any JSON, laid out in any way, cut at any place", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.jsonValue()),
      fc.integer({ min: 1, max: 9 }),
      fc.constantFrom(undefined, 1, "\t"),
      async (list, size, indent) => {
        const text = JSON.stringify(list, undefined, indent);
        expect(await all(`\uFEFF ${text}\n`, size + 3)).toEqual(JSON.parse(text));
        expect(await all(text, size)).toEqual(JSON.parse(text));
      },
    ),
    { numRuns: 200 },
  );
});

test("a list that is cut off anywhere is refused, never half", async () => {
  const text = JSON.stringify([{ a: '[]{},"' }, [1, [2]], "x"]);
  for (let end = 0; end < text.length; end++)
    await expect(all(text.slice(0, end), 4)).rejects.toThrow(/cut off|damaged/);
});
