/** What the doctor finds, and that its exit code says whether anything stops KAOS here. */

import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { createContext } from "../../cli/context.ts";
import { backups } from "../../cli/doctor/home.ts";
import { homeAt } from "../../shared/config/index.ts";
import { openLedger } from "../../shared/ledger/index.ts";
import { openDatabase } from "../../shared/sqlite/index.ts";
import { standingClock } from "../doubles/ledger.ts";
import { kaos, newHome } from "./kaos.ts";

type Finding = { name: string; state: string; says: string; next?: string };

async function examine(home: string, env: Record<string, string> = {}) {
  const { stdout, code } = await kaos(home, ["doctor", "--offline", "--json"], { env });
  const { ok, findings } = JSON.parse(stdout) as { ok: boolean; findings: Finding[] };
  return { code, ok, findings, of: (name: string) => findings.filter((finding) => finding.name === name) };
}

describe("kaos doctor", () => {
  test("finds a fresh home healthy: no blocker, gates closed, the offline model as an option to better", async () => {
    const { code, ok, findings, of } = await examine(newHome());
    expect(findings.filter(({ state }) => state === "blocker")).toEqual([]);
    expect([code, ok]).toEqual([0, true]);
    expect(of("Gates")).toMatchObject([{ state: "ok", says: "all 5 are closed" }]);
    expect(of("Models")).toMatchObject([{ state: "optional" }, { state: "optional" }]);
    expect(of("Ledger")).toMatchObject([{ state: "ok" }]);
  });

  test("has one next step for everything that is not as it should be", async () => {
    const { findings } = await examine(newHome(), { ENABLE_SERVER_OPS: "true" });
    const wrong = findings.filter(({ state }) => state !== "ok");
    expect(wrong.length).toBeGreaterThan(0);
    for (const { name, next } of wrong) expect(next, name).toMatch(/\S/);
    expect(wrong).toContainEqual(
      expect.objectContaining({ name: "Gates", state: "limit", next: "ENABLE_SERVER_OPS=false closes it." }),
    );
  });

  test("is stopped by a damaged ledger", async () => {
    const home = newHome();
    await kaos(home, ["room", "hello"]);
    writeFileSync(join(home, "swarm.db"), Buffer.alloc(64 * 1024, 7));
    const { code, ok, of } = await examine(home);
    expect([code, ok]).toEqual([1, false]);
    expect(of("Ledger")).toMatchObject([{ state: "blocker" }]);
  });

  test("mends what can be mended when it is asked to, and says where the damaged file is kept", async () => {
    const home = newHome();
    await kaos(home, ["room", "hello"]);
    const ledger = join(home, "swarm.db");
    const db = openDatabase(ledger, { durability: "off" });
    db.exec("DROP INDEX one_claim_per_slot");
    db.close();
    const found = await examine(home);
    expect([found.code, found.of("Files")]).toEqual([
      1,
      [expect.objectContaining({ state: "blocker", says: expect.stringContaining("one_claim_per_slot") })],
    ]);
    const fixed = await kaos(home, ["doctor", "--fix", "--offline", "--json"]);
    expect(fixed.code).toBe(0);
    const { damages, mended } = JSON.parse(fixed.stdout) as { damages: unknown[]; mended: { kept: string }[] };
    expect(damages).toEqual([]);
    expect(mended).toMatchObject([{ path: "swarm.db", did: ["made the index one_claim_per_slot anew"] }]);
    expect(existsSync(mended[0]?.kept ?? "")).toBe(true);
    expect((await examine(home)).of("Files")).toMatchObject([{ state: "ok" }]);
    expect((await kaos(home, ["doctor", "--mend"])).code).toBe(2);
  });

  test("is stopped by a provider without a key", async () => {
    const { code, of } = await examine(newHome(), { KAOS_STANDARD_CHAIN: "deepseek" });
    expect(code).toBe(1);
    expect(of("Models")).toContainEqual(
      expect.objectContaining({ state: "blocker", says: expect.stringContaining("DEEPSEEK_API_KEY") }),
    );
  });

  test("is stopped by a port that another program has", async () => {
    const other = createServer();
    onTestFinished(() => void other.close());
    const port = await new Promise<number>((resolve) =>
      other.listen(0, "127.0.0.1", () => {
        const address = other.address();
        resolve(typeof address === "object" && address !== null ? address.port : 0);
      }),
    );
    const { code, of } = await examine(newHome(), { DASHBOARD_PORT: String(port) });
    expect(code).toBe(1);
    expect(of("Port")).toMatchObject([{ state: "blocker", says: expect.stringContaining(`Port ${port}`) }]);
  });

  test("tells a person the same in words", async () => {
    const { stdout, code } = await kaos(newHome(), ["doctor", "--offline"], { env: { KAOS_LITE_CHAIN: "nobody" } });
    expect(code).toBe(1);
    expect(stdout).toMatch(/^✗ Models .+KAOS_LITE_CHAIN: Unknown provider "nobody"/m);
    expect(stdout).toMatch(/1 thing stops KAOS here\. Begin with the first ✗\.\n$/);
  });
});

describe("backups", () => {
  const NOON = Date.UTC(2026, 2, 3, 12);

  /** A home with these folders among its backups, each as a copy looks. */
  async function homeWith(names: readonly string[]) {
    const folder = mkdtempSync(join(tmpdir(), "kaos-doctor-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const home = homeAt(folder);
    const clock = standingClock(NOON);
    (await openLedger({ path: home.ledger, clock, durability: "off" })).close();
    for (const name of names) {
      mkdirSync(join(home.backups, name), { recursive: true });
      writeFileSync(join(home.backups, name, "manifest.json"), "{}");
    }
    return { ...createContext({ home: folder }), clock };
  }
  /** What lies beside backups, newer than they are. */
  const BESIDE = [
    "2026-03-03T04-20-00.broken",
    "2026-03-03T04-50-00.unfinished",
    "before-upgrade-2026-03-02T10-00-00",
    "undone-2026-03-02T10-00-00",
  ];

  test("are those that can be restored: neither broken copies nor the way back from an upgrade", async () => {
    expect(await backups.look(await homeWith(BESIDE))).toMatchObject({
      state: "limit",
      says: expect.stringMatching(/^none yet/),
    });
    expect(await backups.look(await homeWith([...BESIDE, "2026-02-27T04-20-00"]))).toEqual({
      state: "limit",
      says: "1, the newest 4 d 8 h old",
      next: "kaos backup",
    });
    expect(await backups.look(await homeWith([...BESIDE, "2026-03-02T04-20-00", "2026-03-03T04-20-00"]))).toMatchObject(
      { state: "ok" },
    );
  });
});
