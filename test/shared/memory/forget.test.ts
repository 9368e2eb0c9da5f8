/** I11: a forgotten fact is found by no layer. I10: what was told in private is read by nobody else. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { seeded } from "../../../shared/base/index.ts";
import { type Audience, createShared, type Reader } from "../../../shared/memory/index.ts";
import { openTestLedger } from "../../doubles/ledger.ts";
import { memoryClock, newFact, newMemory, signal, take } from "./memory-home.ts";

const ann: Reader = { person: "ann", isOwner: true, room: null };
const turn = {
  thread: "private",
  message: null,
  person: { id: "ann", name: "Ann", isOwner: true },
  audience: "person:ann",
} as const;

test("forgetting a drawn fact takes its words out of what was said, and leaves the rest", async () => {
  const { ledger, close } = await openTestLedger();
  const memory = await newMemory({ shared: createShared(ledger.sharedFacts, { agent: "kronos" }) });
  await memory.remember({ ...turn, text: "I live in Lisbon. The soup was good.", answer: null });
  const drawn = await memory.extraction.next({ signal });
  const id = drawn.kind === "extracted" ? (drawn.facts[0]?.id ?? "") : "";
  expect((await memory.recall("Where do I live?", { reader: ann })).recollections.map(({ fact }) => fact.id)).toContain(
    id,
  );

  const receipt = await memory.forget({ ids: [id] }, { signal });
  expect(receipt).toMatchObject({ forgotten: [id], stillFound: [] });
  await memory.index(10, signal);
  const left = (await memory.recall("Do I live in Lisbon, and how was the soup?", { reader: ann })).recollections;
  expect(left.map(({ fact }) => fact.text)).toEqual(["[…] The soup was good."]);
  expect((await memory.sessions.recent("private", 5))[0]?.text).toBe("[…] The soup was good.");
  expect(await memory.wasForgotten(id)).toBe(true);
  close();
});

test("forgetting a person or a conversation leaves nothing of them, sessions and queue included", async () => {
  const memory = await newMemory();
  await memory.remember({ ...turn, text: "I live in Lisbon", answer: { by: "kronos", text: "Noted.", model: "m" } });
  await memory.forget({ person: "ann" }, { signal });
  expect((await memory.recall("Lisbon", { reader: ann })).recollections).toEqual([]);
  expect(await memory.sessions.recent("private", 5)).toEqual([]);
  expect(await memory.extraction.waiting()).toBe(0);
});

test("of 10,000 random forgets, none is found again by any layer", async () => {
  const clock = memoryClock();
  const path = (await import("./memory-home.ts")).newPath();
  const memory = await newMemory({ clock, path });
  const random = seeded(5);
  const words = ["amber", "harbour", "lantern", "мост", "река", "Brücke", "violet", "engine", "ticket", "north"];
  const text = (n: number) =>
    `${Array.from({ length: 5 }, () => words[Math.floor(random() * words.length)]).join(" ")} ${n}`;
  const texts = Array.from({ length: 12_000 }, (_, n) => text(n));
  const ids = await take(
    memory,
    texts.map((one) => newFact(one)),
  );
  const gone = new Set<string>();
  for (let from = 0; from < ids.length; from += 400) {
    const batch = ids.slice(from, from + 400).filter(() => random() < 0.85);
    for (const id of batch) gone.add(id);
    expect((await memory.forget({ ids: batch }, { signal })).stillFound).toEqual([]);
  }
  expect(gone.size).toBeGreaterThan(10_000);
  memory.close();
  const again = await newMemory({ clock, path });
  for (let n = 0; n < texts.length; n += 120) {
    const found = (await again.recall(texts[n] ?? "", { reader: ann })).recollections.map(({ fact }) => fact.id);
    expect(found.filter((id) => gone.has(id))).toEqual([]);
  }
});

test("no reader ever sees what another audience was told", async () => {
  const audience = fc.constantFrom<Audience>("public", "owner", "person:ann", "person:bob", "room:a", "room:b");
  const reader = fc.record({
    person: fc.constantFrom("ann", "bob"),
    isOwner: fc.boolean(),
    room: fc.constantFrom(null, "a", "b"),
  });
  const allowed = ({ person, isOwner, room }: Reader, to: Audience) =>
    to === "public" ||
    (room === null
      ? to === `person:${person}` || (isOwner && (to === "owner" || to.startsWith("room:")))
      : to === `room:${room}`);
  await fc.assert(
    fc.asyncProperty(
      fc.array(audience, { minLength: 1, maxLength: 12 }),
      fc.array(reader, { minLength: 1, maxLength: 4 }),
      async (told, readers) => {
        const memory = await newMemory();
        const source = { thread: "t", message: null, by: "Ann", quote: null };
        await take(
          memory,
          told.map((to, i) => newFact(`The harbour gate ${i}`, { audience: to, kind: "said", source })),
        );
        for (const one of readers) {
          for (const { fact } of (await memory.recall("Which harbour gate?", { reader: one })).recollections) {
            expect(allowed(one, fact.audience)).toBe(true);
          }
        }
      },
    ),
    { numRuns: 15 },
  );
});

test("a crash in the middle of forgetting leaves it to be told again, and then nothing is left", async () => {
  const { ledger, close } = await openTestLedger();
  const path = (await import("./memory-home.ts")).newPath();
  const shared = createShared(ledger.sharedFacts, { agent: "kronos" });
  const dying = { ...shared, forget: () => Promise.reject(new Error("killed")) };
  const memory = await newMemory({ path, shared: dying });
  await memory.remember({ ...turn, text: "I live in Lisbon.", answer: null });
  const drawn = await memory.extraction.next({ signal });
  const id = drawn.kind === "extracted" ? (drawn.facts[0]?.id ?? "") : "";
  await expect(memory.forget({ ids: [id] }, { signal })).rejects.toThrow("killed");
  memory.close();

  const again = await newMemory({ path, shared });
  expect(await again.facts.get(id)).toBeDefined();
  expect(await again.forget({ ids: [id] }, { signal })).toMatchObject({ stillFound: [] });
  expect((await again.recall("Where do I live? Lisbon?", { reader: ann })).recollections).toEqual([]);
  close();
});
