/** A home leaves as one archive and comes back the same, and never half. */
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { list } from "tar";
import { expect, test } from "vitest";
import type { Memory } from "../../../shared/memory/index.ts";
import { takeLock } from "../../../shared/sqlite/index.ts";
import { exported, imported, live, memoryOf, newFolder, newPlace, withLedger } from "./lived-home.ts";

/** Every file of an archive but the manifest's time. */
function contents(file: string): Map<string, string> {
  const files = new Map<string, string>();
  list({
    file,
    sync: true,
    onReadEntry(entry) {
      const pieces: Buffer[] = [];
      entry.on("data", (piece: Buffer) => void pieces.push(piece));
      entry.on("end", () => void files.set(entry.path, Buffer.concat(pieces).toString()));
    },
  });
  const manifest = files.get("manifest.json") ?? "";
  files.set("manifest.json", manifest.replace(/"madeAt": "[^"]+"/, '"madeAt": ""'));
  return files;
}

test("export, import into an empty home, export again: the same bytes but for the time it was made", async () => {
  const from = newPlace();
  await live(from);
  const folder = newFolder();
  const first = await exported(from, join(folder, "first.tar"));
  expect(first.manifest.counts).toMatchObject({
    "agents/kronos/memory/nights.jsonl": 1,
    "agents/kronos/memory/forgotten.jsonl": expect.any(Number),
    "agents/kronos/memory/relations.jsonl": 1,
    "agents/kronos/memory/suppositions.jsonl": 1,
    "shared/facts.jsonl": expect.any(Number),
    "jobs.jsonl": 2,
  });
  const to = newPlace();
  await imported(to, join(folder, "first.tar"));
  await exported(to, join(folder, "second.tar"));
  const [one, two] = [contents(join(folder, "first.tar")), contents(join(folder, "second.tar"))];
  expect([...two.keys()]).toEqual([...one.keys()]);
  expect(two).toEqual(one);
  // Beyond the files: the tar itself, header for header.
  const bytes = (file: string) =>
    readFileSync(join(folder, file))
      .toString("latin1")
      .replace(/"madeAt": "[^"]+"/, '"madeAt": ""');
  const shifted = (text: string) => text.slice(0, 512).replace(/\d{6} \0/, "") + text.slice(512);
  expect(shifted(bytes("second.tar")) === shifted(bytes("first.tar"))).toBe(true);
});

test("what was brought is found, and what was forgotten is not in the archive", async () => {
  const from = newPlace();
  await live(from);
  const file = join(newFolder(), "home.tar.gz");
  await exported(from, file);
  const all = [...contents(file).values()].join("\n");
  expect(all).not.toContain("Heliotrope");
  expect(all).not.toContain("hunter2");
  expect(all).toContain(["$", "{TRACKER_AUTHORIZATION}"].join(""));
  const to = newPlace();
  await imported(to, file);
  const memory = await memoryOf(to);
  const reader = { person: "owner", isOwner: true, room: null };
  const { signal } = new AbortController();
  const before = await memoryOf(from);
  for (const question of ["when do we ship the importer?", "where does Ann live?", "who is Marta?"]) {
    const ids = async ({ recall, index }: Memory) => {
      while ((await index(100, signal)) > 0);
      return (await recall(question, { reader, signal })).recollections.map(({ fact }) => fact.id);
    };
    const found = await ids(memory);
    expect(found.length).toBeGreaterThan(0);
    expect(found).toEqual(await ids(before));
  }
  before.close();
  expect(await memory.sessions.recent("terminal", 9)).toMatchObject([{ text: "hello\nthere" }, { model: "offline" }]);
  expect(await memory.extraction.waiting()).toBe(1);
  expect((await memory.undo()).undone).toBe(true);
  memory.close();
});

test("a dry run tells what would happen and leaves no trace; importing twice adds nothing", async () => {
  const from = newPlace();
  await live(from);
  const file = join(newFolder(), "home.tar");
  await exported(from, file);
  const to = newPlace();
  const dry = await imported(to, file, { dryRun: true });
  expect(existsSync(to.home.folder)).toBe(false);
  const real = await imported(to, file);
  expect({ ...real, dryRun: true }).toEqual(dry);
  expect(real.conflicts).toEqual([]);
  const again = await imported(to, file);
  const added = Object.values(again.agents[0]?.memory ?? {}).map((one) => (one as { added?: number }).added ?? 0);
  expect(added.every((count) => count === 0)).toBe(true);
  expect([again.sharedFacts.added, again.jobs.map(({ became }) => became)]).toEqual([0, ["there", "there"]]);
  expect(again.settings.every(({ became }) => became === "there")).toBe(true);
});

test("what a person forgot here, or what differs here, is not undone by an old archive", async () => {
  const from = newPlace();
  await live(from);
  const file = join(newFolder(), "home.tar");
  await exported(from, file);
  const to = newPlace();
  await imported(to, file);
  const memory = await memoryOf(to);
  const facts = await memory.facts.list({ limit: 100 });
  const door = facts.filter(({ text }) => text.includes("blue door")).map(({ id }) => id);
  const { signal } = new AbortController();
  await memory.forget({ ids: door }, { signal });
  await memory.sessions.append("terminal", [{ by: "person", text: "something new", model: null }]);
  memory.close();
  writeFileSync(join(to.agentsFolder, "kronos", "VOICE.md"), "# Voice\n\nShort.\n\n## Lines\n\n- en any: Yes.\n");
  writeFileSync(to.home.automations, JSON.stringify({ topics: ["cats"] }));

  const again = await imported(to, file);
  expect(again.agents[0]?.memory?.forgottenHere).toBe(door.length);
  expect(again.conflicts).toEqual(
    expect.arrayContaining([expect.stringContaining("persona of kronos"), expect.stringContaining("automations.json")]),
  );
  const after = await memoryOf(to);
  expect((await after.facts.list({ limit: 100 })).some(({ text }) => text.includes("blue door"))).toBe(false);
  const said = await after.sessions.recent("room:main", 100);
  expect(said.some(({ text }) => text.includes("blue door"))).toBe(false);
  expect((await after.sessions.recent("terminal", 9)).map(({ text }) => text)).toContain("something new");
  after.close();

  const replaced = await imported(to, file, { replace: true });
  expect(replaced.agents[0]?.persona).toBe("replaced");
  expect(JSON.parse(readFileSync(to.home.automations, "utf8"))).toEqual({ topics: ["sqlite"] });
  expect(readdirSync(join(to.home.folder, "replaced"))).toHaveLength(1);
});

test("one agent's archive has what is that agent's, and an agent that is not here yet is made", async () => {
  const from = newPlace();
  await live(from);
  const file = join(newFolder(), "kronos.tar");
  await exported(from, file, ["kronos"], false);
  const names = [...contents(file).keys()];
  expect(names.some((name) => /nexus|jobs|settings/.test(name))).toBe(false);
  const to = newPlace();

  rmSync(join(to.agentsFolder, "kronos"), { recursive: true });
  expect((await imported(to, file)).agents).toMatchObject([{ agent: "kronos", persona: "added" }]);
  expect(readdirSync(join(to.agentsFolder, "kronos")).toSorted()).toEqual([
    "DUTIES.md",
    "IDENTITY.md",
    "VOICE.md",
    "agent.json",
  ]);
});

test("a thing said later in a thread that is here is added; an agent that runs is left alone", async () => {
  const from = newPlace();
  await live(from);
  const folder = newFolder();
  await exported(from, join(folder, "one.tar"));
  const to = newPlace();
  await imported(to, join(folder, "one.tar"));
  const memory = await memoryOf(from);
  await memory.sessions.append("terminal", [{ by: "person", text: "and later", model: null }]);
  memory.close();
  await exported(from, join(folder, "two.tar"));
  expect((await imported(to, join(folder, "two.tar"))).agents[0]?.memory?.sessions.added).toBe(1);

  const lock = takeLock(to.home.agent("kronos").lock);
  await expect(imported(to, join(folder, "two.tar"))).rejects.toThrow("kronos is running");
  lock?.release();
  await withLedger(to, async ({ jobs }) => expect((await jobs.standing("water-the-plants")).added).toContain("water"));
});
