import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { verifyAudit } from "../../../shared/audit/index.ts";
import { letters, runErrand } from "./errand.ts";

/** More than there are; a life that is not killed any more ends the story. */
const POINTS_MAX = 40;

/** The same turn, in a process that is told to end at this point and goes down in order. */
async function stoppedAt(point: number, canTell: boolean) {
  const folder = mkdtempSync(join(tmpdir(), "kaos-turn-"));
  try {
    const stopping = new AbortController();
    let points = 0;
    const at = () => {
      if (++points === point) stopping.abort(new DOMException("the process ends", "AbortError"));
    };
    await runErrand({ folder, canTell, at, signal: stopping.signal });
    if (!stopping.signal.aborted) return undefined;
    const { end, told } = await runErrand({ folder, canTell, at: () => {} });
    return { end, told, sent: letters(folder), audit: await verifyAudit(join(folder, "calls.jsonl")) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function killedAt(point: number, canTell: boolean) {
  const folder = mkdtempSync(join(tmpdir(), "kaos-turn-"));
  try {
    const child = join(import.meta.dirname, "doomed.ts");
    const { signal, stderr } = spawnSync(process.execPath, [child, folder, String(point), String(canTell)], {
      encoding: "utf8",
    });
    if (signal === null) {
      expect(stderr).not.toContain("Error");
      return undefined;
    }
    const { end, told } = await runErrand({ folder, canTell, at: () => {} });
    const audit = await verifyAudit(join(folder, "calls.jsonl"));
    return { end, told, sent: letters(folder), audit };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describe.each([
  ["that is killed with kill -9", killedAt],
  ["whose process is told to end", stoppedAt],
])("I8: a turn %s", (_how, endedAt) => {
  test("at any point, with a tool that can tell, goes on and sends exactly one letter", async () => {
    let point = 1;
    for (; point <= POINTS_MAX; point++) {
      const after = await endedAt(point, true);
      if (after === undefined) break;
      expect({ point, sent: after.sent.length, told: after.told.at(-1) }).toEqual({ point, sent: 1, told: "sent" });
      expect(after.end).toMatchObject({ kind: "answered", text: "done" });
      expect(after.audit.ok).toBe(true);
    }
    // Three calls with a beginning and an end, four steps, and what lies between.
    expect(point).toBeGreaterThan(20);
    expect(point).toBeLessThan(POINTS_MAX);
  });

  test("at any point, with a tool that cannot tell, sends one letter or asks, and never two", async () => {
    let asked = 0;
    let point = 1;
    for (; point <= POINTS_MAX; point++) {
      const after = await endedAt(point, false);
      if (after === undefined) break;
      const last = after.told.at(-1) ?? "";
      if (last === "sent") expect({ point, sent: after.sent.length }).toEqual({ point, sent: 1 });
      else {
        asked++;
        expect(last).toMatch(/^uncertain: /);
        expect(after.sent.length).toBeLessThanOrEqual(1);
      }
    }
    // Between the beginning and the end of that one call only.
    expect(asked).toBeGreaterThan(0);
    expect(asked).toBeLessThanOrEqual(4);
  });
});
