import { describe, expect, test } from "vitest";
import { type Child, startChild } from "../child.ts";

const start = (mode: string) => startChild(new URL("process-child.ts", import.meta.url), mode);
const CLOSED = ["closed the transport", "closed the socket", "closed the ledger"];

/** What the child said itself, and what its log told. */
async function ending(child: Child) {
  const { code, lines } = await child.end();
  const logged = lines
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  return { code, said: lines.filter((line) => !line.startsWith("{")), logged };
}

describe("the life of a process", () => {
  test.each(["SIGTERM", "SIGINT"] as const)(
    "%s closes what was opened, last opened first, and exits 0",
    async (signal) => {
      const child = start("waits");
      expect(await child.line()).toBe("ready");
      child.process.kill(signal);
      expect(await ending(child)).toEqual({ code: 0, said: CLOSED, logged: [] });
    },
  );

  test("a parent that goes away is a request to stop", async () => {
    const child = start("waits");
    expect(await child.line()).toBe("ready");
    child.process.disconnect();
    expect(await ending(child)).toMatchObject({ code: 0, said: CLOSED });
  });

  test("a process whose parent was gone before it could hear of that starts nothing", async () => {
    expect(await ending(start("orphaned"))).toEqual({ code: 0, said: [], logged: [] });
  });

  test("a part that fails stops the whole process, which exits 1", async () => {
    const { code, said, logged } = await ending(start("part fails"));
    expect({ code, said }).toEqual({ code: 1, said: ["ready", ...CLOSED] });
    expect(logged).toMatchObject([
      { msg: "part failed", part: "scheduler", error: { message: "the timetable is torn" } },
      { msg: "stopped by a bug" },
    ]);
  });

  test("a process can stop itself without having failed", async () => {
    expect(await ending(start("stops itself"))).toEqual({ code: 0, said: ["ready", ...CLOSED], logged: [] });
  });

  test("a failure of the world at the start is told as its sentence alone", async () => {
    const { code, said, logged } = await ending(start("world fails at the start"));
    expect({ code, said }).toEqual({ code: 1, said: CLOSED });
    expect(logged).toMatchObject([{ msg: "stopped", because: "The disk is gone. Plug it in." }]);
    expect(JSON.stringify(logged)).not.toContain("process-child.ts");
  });

  test.each([
    { mode: "the disk is full for a while", said: [...CLOSED, ...CLOSED, "ready"], told: ["starts again when it can"] },
    {
      mode: "a part meets a full disk",
      said: ["ready", ...CLOSED, "ready"],
      told: ["part failed", "starts again when it can"],
    },
  ])(
    "$mode: what was opened is closed, and the same process starts again, and says so once",
    async ({ mode, said, told }) => {
      const child = start(mode);
      const lines = [];
      while (lines.filter((line) => !line.startsWith("{")).length < said.length) lines.push(await child.line());
      child.process.kill("SIGTERM");
      expect(lines.filter((line) => !line.startsWith("{"))).toEqual(said);
      expect(lines.filter((line) => line.startsWith("{")).map((line) => JSON.parse(line).msg)).toEqual(told);
      expect(await ending(child)).toEqual({ code: 0, said: CLOSED, logged: [] });
    },
  );

  test("a process that waits for room stops when it is told to", async () => {
    const child = start("the disk stays full");
    for (const line of CLOSED) expect(await child.line()).toBe(line);
    expect(await child.line()).toContain("starts again when it can");
    child.process.kill("SIGTERM");
    expect((await ending(child)).code).toBe(0);
  });

  test("a bug at the start is told with its stack", async () => {
    const { code, logged } = await ending(start("bug at the start"));
    expect(code).toBe(1);
    expect(JSON.stringify(logged)).toContain("process-child.ts");
  });

  test("one thing that cannot be closed does not keep the others open", async () => {
    const child = start("closing fails");
    await child.line();
    child.process.kill("SIGTERM");
    const { said, logged } = await ending(child);
    expect(said).toEqual(["closed the transport", "closed the ledger"]);
    expect(logged).toMatchObject([{ msg: "closing failed", error: { message: "the socket is gone" } }]);
  });
});
