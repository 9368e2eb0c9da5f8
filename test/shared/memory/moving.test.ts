/** Memory that moves: what was forgotten here stays forgotten, and what is known of a fact comes along. */
import { expect, test } from "vitest";
import {
  type Memory,
  type Moved,
  type MovedKind,
  type MovedLines,
  movedKinds,
  movedRecords,
} from "../../../shared/memory/index.ts";
import { scriptedModel } from "../../doubles/scripted-model.ts";
import { memoryClock, newFact, newMemory, signal, take } from "./memory-home.ts";

async function linesOf(memory: Memory): Promise<MovedLines> {
  const lines = Object.fromEntries(movedKinds.map((kind) => [kind, [] as unknown[]])) as Record<MovedKind, unknown[]>;
  // As they are read: through their form, from text.
  await memory.moving.takeOut(
    (kind, line) => void lines[kind].push(movedRecords[kind].parse(JSON.parse(JSON.stringify(line)))),
  );
  return lines as { [Kind in MovedKind]: Moved<Kind>[] };
}

const turn = {
  thread: "private",
  message: null,
  person: { id: "ann", name: "Ann", isOwner: false },
  audience: "person:ann",
  answer: null,
} as const;

test("what was drawn from something that was forgotten here does not come back with an archive that has only that", async () => {
  const there = await newMemory();
  await there.remember({ ...turn, text: "I live in Lisbon. The soup was good." });
  const drawn = await there.extraction.next({ signal });
  const id = drawn.kind === "extracted" ? (drawn.facts[0]?.id ?? "") : "";
  const here = await newMemory();
  const early = await linesOf(there);
  const said = [...early.facts].filter(({ kind }) => kind === "said");
  await here.moving.bringIn({ ...early, facts: said }, { dryRun: false });
  await here.forget({ ids: said.map((fact) => fact.id) }, { signal });
  expect(await here.moving.bringIn(early, { dryRun: false })).toMatchObject({ forgottenHere: 2 });
  expect(await here.facts.get(id)).toBeUndefined();
  expect(await here.facts.list({ limit: 10 })).toEqual([]);
});

test("what a model cited, what it was shown, and which names a night linked come along, and the night is undone there", async () => {
  const clock = memoryClock();
  const there = await newMemory({ clock });
  const [ship = "", boat = ""] = await take(there, [
    newFact("The importer of Harbour-Lights ships on Tuesday"),
    newFact("We painted the boat of Harbour Lights"),
    newFact("I get up at six"),
  ]);
  const proposed = [{ text: "Ann likes the sea", for: [boat], against: [] }];
  const script = scriptedModel([{ reply: { text: JSON.stringify({ weighed: [], proposed }) } }]);
  await there.model.reflect({ model: script, signal });
  await there.consolidate({ signal });
  const lines = await linesOf(there);
  expect(JSON.stringify(lines.nights)).not.toContain("Harbour");

  const here = await newMemory({ clock });
  await here.moving.bringIn(lines, { dryRun: false });
  await here.model.review();
  expect((await here.model.hypotheses("ann"))[0]?.for).toMatchObject([{ id: boat }]);
  expect(await linesOf(here)).toEqual(lines);
  const reader = { person: "ann", isOwner: false, room: null };
  const found = async () =>
    (await here.graph.search("Harbour Lights", { reader, limit: 5, signal })).map((hit) => hit.id).toSorted();
  expect(await found()).toEqual([ship, boat].toSorted());
  await here.undo();
  expect(await found()).toEqual([boat]);
});

test("an archive of before has no word of a forgotten fact in its nights or suppositions once it is here", async () => {
  const there = await newMemory();
  const [id = ""] = await take(there, [newFact("Ann sees Doctor Quillfeather")]);
  const lines = await linesOf(there);
  const here = await newMemory();
  await here.moving.bringIn(lines, { dryRun: false });
  await here.forget({ ids: [id] }, { signal });
  const change = { id: "Quillfeather", because: "“Quillfeather” is spelled like “Quill-Feather”." };
  const old: MovedLines = {
    ...lines,
    nights: [
      movedRecords.nights.parse({
        ...{ at: 1, undoneAt: null, changes: [] },
        report: [
          { step: "insights", changes: [{ id, because: "Since 2025 it is Quillfeather" }, change], rolledBack: false },
        ],
      }),
    ],
    suppositions: [
      movedRecords.suppositions.parse({
        ...{ person: "ann", text: "Ann trusts Quillfeather", state: "open", by: "review", changedAt: 1 },
        ...{ for: [id], against: [] },
      }),
    ],
  };
  await here.moving.bringIn(old, { dryRun: false });
  const left = await linesOf(here);
  expect(JSON.stringify(left)).not.toContain("Quillf");
  expect(left.nights).toMatchObject([{ report: [{ step: "insights", changes: [{ id }] }] }]);
});
