/** docs/mcp.md is about the mcp.json that is read. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { loadMcpConfig, readServer } from "../../shared/config/mcp.ts";

const page = readFileSync(new URL("../../docs/mcp.md", import.meta.url), "utf8");

test("its example is read as it stands", () => {
  const folder = mkdtempSync(join(tmpdir(), "kaos-docs-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, "mcp.json");
  writeFileSync(file, /```json\n([\s\S]*?)```/u.exec(page)?.[1] ?? "");
  expect(loadMcpConfig(file, { TRACKER_TOKEN: "secret" }).servers).toMatchObject([
    { name: "files", agents: ["keystone"], tools: { move_file: false } },
    { name: "tracker", allow: ["search_issues"], missing: [] },
  ]);
});

test("each field of its table is a field of an entry", () => {
  const cells = [...page.matchAll(/^\| (`[^|]*`) \|/gmu)].map(([, cell = ""]) => cell);
  const fields = cells.flatMap((cell) => [...cell.matchAll(/`(\w+)/gu)].map(([, field = ""]) => field));
  expect(fields).toContain("callSeconds");
  const link = { command: { command: "a" }, url: { url: "https://mcp.example.com/mcp" } };
  for (const field of fields) {
    const reads = Object.values(link).some((entry) => {
      try {
        return readServer("", "one", { [field]: undefined, ...entry }, {}, new Set()).name === "one";
      } catch {
        return false;
      }
    });
    expect(reads, field).toBe(true);
  }
});
