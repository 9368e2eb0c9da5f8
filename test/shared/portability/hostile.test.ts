/** Archives that are damaged, made up or hostile: refused with a sentence, and nothing of them is written. */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { Header, Pax } from "tar";
import { expect, test } from "vitest";
import { exported, imported, live, newFolder, newPlace } from "./lived-home.ts";

type Entry = { path: string; body?: string | Buffer; type?: string; linkpath?: string; size?: number };

/** A tar of these entries, whatever they are. */
function tarOf(entries: readonly Entry[]): Buffer {
  const blocks = entries.flatMap(({ path, body = "", type = "File", linkpath, size }) => {
    const data = Buffer.from(body);
    const block = Buffer.alloc(512);
    const header = new Header({
      path,
      type: type as "File",
      size: size ?? data.length,
      mode: 0o600,
      mtime: new Date(0),
      ...(linkpath !== undefined && { linkpath }),
    });
    const pax = header.encode(block) ? [new Pax({ path }).encode()] : [];
    return [...pax, block, data, Buffer.alloc((512 - (data.length % 512)) % 512)];
  });
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

/** An archive whose manifest is right about these files. */
function archiveOf(files: Readonly<Record<string, string>>, change: Record<string, unknown> = {}): Entry[] {
  const listed = Object.entries(files).map(([path, body]) => [
    path,
    { bytes: Buffer.byteLength(body), sha256: createHash("sha256").update(body).digest("hex") },
  ]);
  const manifest = {
    format: "kaos-export",
    version: 1,
    kaos: "1.0.0",
    madeAt: "2026-01-01T00:00:00.000Z",
    agents: ["kronos"],
    counts: {},
    files: Object.fromEntries(listed),
    ...change,
  };
  return [
    { path: "manifest.json", body: JSON.stringify(manifest) },
    ...Object.entries(files).map(([path, body]) => ({ path, body })),
  ];
}

const FACT = "agents/kronos/memory/facts.jsonl";
const good = archiveOf({ "jobs.jsonl": "" });

const refused: readonly (readonly [string, () => Buffer, RegExp])[] = [
  ["a path that leads out", () => tarOf([...good, { path: "../../evil", body: "x" }]), /no export has.*evil/],
  ["an absolute path", () => tarOf([...good, { path: "/tmp/kaos-evil", body: "x" }]), /no export has/],
  [
    "a path that leads out in the middle",
    () => tarOf([...good, { path: "agents/kronos/skills/a/../../../x", body: "x" }]),
    /no export has/,
  ],
  ["a hidden file", () => tarOf([...good, { path: "agents/kronos/skills/a/.env", body: "x" }]), /no export has/],
  ["a file no export has", () => tarOf([...good, { path: "swarm.db", body: "x" }]), /no export has/],
  [
    "a symbolic link",
    () => tarOf([...good, { path: "settings/mcp.json", type: "SymbolicLink", linkpath: "/etc/passwd" }]),
    /no plain file/,
  ],
  [
    "a hard link",
    () => tarOf([...good, { path: "settings/mcp.json", type: "Link", linkpath: "manifest.json" }]),
    /no plain file/,
  ],
  ["a device", () => tarOf([...good, { path: "settings/mcp.json", type: "CharacterDevice" }]), /no plain file/],
  ["a folder", () => tarOf([...good, { path: "settings/mcp.json/", type: "Directory" }]), /no plain file/],
  ["a name twice", () => tarOf([...good, { path: "jobs.jsonl", body: "" }]), /twice/],
  ["more than its manifest knows", () => tarOf([...good, { path: FACT, body: "" }]), /knows nothing/],
  ["less than its manifest says", () => tarOf(archiveOf({ "jobs.jsonl": "" }).slice(0, 1)), /lacks "jobs.jsonl"/],
  [
    "other bytes than its manifest says",
    () => tarOf([good[0] as Entry, { path: "jobs.jsonl", body: "changed" }]),
    /not as it was/,
  ],
  ["a size that is a lie", () => tarOf([...good, { path: FACT, size: 5 * 1024 ** 3 }]), /too large|more than|damaged/],
  ["no manifest", () => tarOf([{ path: "jobs.jsonl", body: "" }]), /no manifest/],
  ["a newer version", () => tarOf(archiveOf({ "jobs.jsonl": "" }, { version: 2 })), /version 2.*Update KAOS/],
  ["another program's manifest", () => tarOf([{ path: "manifest.json", body: "{}" }]), /no manifest of/],
  ["a manifest that is no JSON", () => tarOf([{ path: "manifest.json", body: "{" }]), /no JSON/],
  ["an agent that its manifest does not name", () => tarOf(archiveOf({ [FACT]: "" }, { agents: [] })), /does not name/],
  [
    "a line that is no JSON",
    () => tarOf(archiveOf({ [FACT]: "{}\nnot json\n" })),
    /Line 1 of .*facts.jsonl is not as it should be/,
  ],
  [
    "a line of another shape",
    () => tarOf(archiveOf({ "jobs.jsonl": '{"name":"../x","added":null,"quietUntil":1}\n' })),
    /Line 1 of jobs.jsonl/,
  ],
  [
    "a persona that cannot start",
    () => tarOf(archiveOf({ "agents/atlas/persona/agent.json": "{" }, { agents: ["atlas"] })),
    /could not start/,
  ],
  ["no tar", () => Buffer.from("hello ".repeat(500)), /damaged, or no tar/],
  ["an empty file", () => Buffer.alloc(0), /damaged, or no tar|no manifest/],
  [
    "a gzip bomb",
    () => gzipSync(tarOf([...good, { path: FACT, body: Buffer.alloc(64 * 1024 ** 2) }])),
    /damaged|not as|knows nothing/,
  ],
];

test.each(refused)("%s", async (_what, make, because) => {
  const file = join(newFolder(), "archive.tar");
  writeFileSync(file, make());
  const place = newPlace();
  await expect(imported(place, file)).rejects.toThrow(because);
  expect(existsSync(place.home.folder)).toBe(false);
  expect(readdirSync(place.agentsFolder)).toHaveLength(7);
});

test("cut off anywhere, or with any byte changed, it is refused, or nothing is lost", async () => {
  const from = newPlace();
  await live(from);
  const file = join(newFolder(), "archive.tar");
  await exported(from, file);
  const whole = readFileSync(file);
  const place = newPlace();
  for (let i = 1; i < 24; i++) {
    writeFileSync(file, whole.subarray(0, Math.floor((whole.length * i) / 25)));
    await expect(imported(place, file)).rejects.toThrow(/cut off|damaged|not as it was/);
    const changed = Buffer.from(whole);
    const at = Math.floor((whole.length * i) / 25);
    changed[at] = (changed[at] ?? 0) ^ 0x41;
    writeFileSync(file, changed);
    // A byte between two files is nobody's: then all is there.
    const error = await imported(place, file, { dryRun: true }).then(
      () => undefined,
      (thrown: Error) => thrown,
    );
    if (error !== undefined) expect(error.name).toBe("ArchiveRefused");
  }
  expect(existsSync(place.home.folder)).toBe(false);
});
