/** A simulated week: people repeat themselves and change their minds; each night leaves memory better, never worse. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { seeded } from "../../../shared/base/index.ts";
import type { Reader } from "../../../shared/memory/index.ts";
import { memoryClock, newFact, newMemory, newPath, signal, take } from "./memory-home.ts";

const DAY_MS = 86_400_000;
const START = Date.UTC(2025, 2, 3, 9);
const ann: Reader = { person: "ann", isOwner: false, room: null };
const person = { id: "ann", name: "Ann", isOwner: false };

test("over a week duplicates merge, contradictions close, insights cite their facts, and recall is never lower after a night", async () => {
  const clock = memoryClock(START);
  const memory = await newMemory({ clock });
  const random = seeded(11);
  const said = [
    ["I live in Lisbon", "I like green tea"],
    ["I am allergic to peanuts", "I live in Lisbon!"],
    ["I plan to visit the dentist tomorrow", "i like green tea"],
    ["My favourite colour is blue", "I am allergic to peanuts."],
    ["I live in Porto", "The importer invoice was 120 euros"],
    ["My favourite colour is red", "I like green tea"],
    ["I work at Harbour Lights", "The importer invoice was 130 euros"],
  ];
  for (const day of said) {
    for (const text of day) {
      const answer = { by: "kronos", text: random() < 0.5 ? "Noted." : "I see.", model: "scripted" };
      await memory.remember({ thread: "private", message: null, person, audience: "person:ann", text, answer });
      clock.tick(60_000);
    }
    while ((await memory.extraction.next({ signal })).kind === "extracted");
    while ((await memory.index(100, signal)) > 0);
    clock.tick(DAY_MS / 2);
    const night = await memory.consolidate({ signal });
    expect(night.recallAfter).toBeGreaterThanOrEqual(night.recallBefore);
    clock.tick(DAY_MS / 2);
  }
  const facts = await memory.facts.list({ limit: 200 });
  const drawn = facts.filter(({ kind }) => kind !== "said" && kind !== "insight");
  const standing = drawn.filter((fact) => fact.standing === "active" && fact.validTo === null).map(({ text }) => text);
  expect(standing.filter((text) => /live in/i.test(text))).toEqual(["I live in Porto"]);
  expect(standing.filter((text) => /allergic/i.test(text))).toHaveLength(1);
  const insights = facts.filter(({ kind }) => kind === "insight");
  expect(insights.length).toBeGreaterThan(0);
  for (const { id, origin } of insights) {
    expect(origin).toBe("agent");
    expect((await memory.why(id))?.drawnFrom.length).toBeGreaterThan(0);
  }
});

test("an insight goes with the facts it stands on, and an undone night leaves none to be recalled", async () => {
  const clock = memoryClock(START);
  const memory = await newMemory({ clock });
  await take(memory, [newFact("I live in Lisbon")]);
  clock.tick(DAY_MS);
  const [porto = ""] = await take(memory, [newFact("I live in Porto")]);
  clock.tick(DAY_MS);
  await memory.consolidate({ signal });
  const insight = async () => (await memory.facts.list({ limit: 10 })).find(({ kind }) => kind === "insight");
  expect((await insight())?.text).toContain("Porto");
  expect(await memory.undo()).toMatchObject({ undone: true });
  expect((await insight())?.standing).toBe("quarantined");
  const { forgotten } = await memory.forget({ ids: [(await insight())?.id ?? ""] }, { signal });
  expect(forgotten).toHaveLength(1);
  await memory.consolidate({ signal });
  expect(await insight()).toBeDefined();
  await memory.forget({ ids: [porto] }, { signal });
  expect(await insight()).toBeUndefined();
});

test("a night that dies between two steps is finished by the next one, with the same end", async () => {
  const facts = ["I live in Lisbon", "I am allergic to peanuts", "I am allergic to peanuts!!", "I live in Porto"];
  const lived = async (path: string) => {
    const clock = memoryClock(START);
    const memory = await newMemory({ clock, path, random: seeded(3) });
    for (const [i, text] of facts.entries()) await take(memory, [newFact(text, { validFrom: START + i * 1_000 })]);
    return { clock, memory };
  };
  const standings = async (memory: Awaited<ReturnType<typeof lived>>["memory"]) =>
    (await memory.facts.list({ limit: 20 })).map(({ text, standing, validTo }) => ({ text, standing, validTo }));
  const whole = await lived(newPath());
  whole.clock.tick(DAY_MS);
  await whole.memory.consolidate({ signal });

  const path = newPath();
  const doomed = await lived(path);
  doomed.clock.tick(DAY_MS);
  const dies = new AbortController();
  const { now } = doomed.clock;
  let asked = 0;
  doomed.clock.now = () => {
    // The first step has been applied by then.
    if (++asked === 4) dies.abort(new Error("killed"));
    return now();
  };
  await expect(doomed.memory.consolidate({ signal: dies.signal })).rejects.toThrow("killed");
  doomed.memory.close();
  const clock = memoryClock(START);
  clock.tick(DAY_MS);
  const again = await newMemory({ clock, path });
  await again.consolidate({ signal });
  expect(await standings(again)).toEqual(await standings(whole.memory));
});

test("of facts that fit alike the one used later is never ranked lower, and ranking twice changes nothing", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(fc.integer({ min: 0, max: 2_000 }), { minLength: 2, maxLength: 12 }),
      async (ages) => {
        const clock = memoryClock(START);
        const memory = await newMemory({ clock });
        await take(
          memory,
          ages.map((days, i) =>
            newFact("The office key is under the red pot", {
              subject: `p${i}`,
              audience: "public",
              source: { thread: null, message: null, by: `speaker${i}`, quote: null },
              validFrom: START - days * DAY_MS,
            }),
          ),
        );
        const order = async () =>
          (await memory.recall("Where is the office key?", { reader: ann })).recollections.map(
            ({ fact }) => fact.usedAt,
          );
        const used = await order();
        expect(used).toEqual(used.toSorted((a, b) => b - a));
        expect(await order()).toEqual(used);
      },
    ),
    { numRuns: 10 },
  );
});
