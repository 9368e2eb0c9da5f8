/** The room and its stories from the command line, with no process running: a message is a row, and waits there. */
import { describe, expect, test } from "vitest";
import { systemClock } from "../../shared/base/index.ts";
import { homeAt } from "../../shared/config/index.ts";
import { type Ledger, openLedger } from "../../shared/ledger/index.ts";
import { card } from "../doubles/ledger.ts";
import { kaos, newHome } from "./kaos.ts";

/** Two agents that have been here and have gone. */
async function withLedgerOf<Result>(home: string, work: (ledger: Ledger) => Promise<Result>): Promise<Result> {
  const ledger = await openLedger({ path: homeAt(home).ledger, clock: systemClock, durability: "off" });
  try {
    return await work(ledger);
  } finally {
    ledger.close();
  }
}

const arriveAndLeave = async (ledger: Ledger, name: string) =>
  ledger.agents.leave(name, await ledger.agents.arrive(card(name), process.pid));

describe("kaos room", () => {
  test("keeps what is said while everybody is away, and says that it is kept", async () => {
    const home = newHome();
    const { stdout, stderr, code } = await kaos(home, ["room", "Ship", "or", "wait?"]);
    expect(stdout).toBe("#1\n");
    expect(stderr).toMatch(/Nobody is up\. It is kept, and answered when they come up/);
    expect(code).toBe(0);
    const message = await withLedgerOf(home, (ledger) => ledger.messages.get(1));
    expect(message).toMatchObject({ room: "room:main", text: "Ship or wait?", sender: { kind: "owner", name: "you" } });
  });

  test("takes a pipe, lines and all", async () => {
    const home = newHome();
    expect(await kaos(home, ["room", "--json"], { input: "first\nsecond\n" })).toMatchObject({ stdout: '{"seq":1}\n' });
    expect((await withLedgerOf(home, (ledger) => ledger.messages.get(1)))?.text).toBe("first\nsecond");
  });

  test("does not wait for nobody", async () => {
    const { stdout, stderr, code } = await kaos(newHome(), ["room", "--wait", "hello"]);
    expect(stdout).toBe("#1\n");
    expect(stderr).toMatch(/✗ There is nobody to wait for\.\n$/);
    expect(code).toBe(1);
  });

  test.each([
    ["an empty message", " \n", /^✗ There is nothing to send\./],
    ["a huge message", "a".repeat(16_001), /^✗ This message has 16,001 characters, and 16,000 fit into one\./],
  ])("refuses %s", async (_what, input, sentence) => {
    const home = newHome();
    const { stderr, code } = await kaos(home, ["room"], { input });
    expect(stderr).toMatch(sentence);
    expect(code).toBe(2);
  });
});

describe("kaos why", () => {
  test("names every agent's decision with its reason, the claims and what was sent", async () => {
    const home = newHome();
    await withLedgerOf(home, async (ledger) => {
      for (const name of ["kronos", "nexus"]) await arriveAndLeave(ledger, name);
    });
    await kaos(home, ["room", "What does it cost?"]);
    await withLedgerOf(home, async (ledger) => {
      const claim = await ledger.claims.place({
        message: 1,
        root: 1,
        agent: "nexus",
        tier: 2,
        eta: 0,
        because: "fit 9 of 10",
      });
      const taking = await ledger.claims.take(claim.id, { cap: 2 });
      if (taking.kind !== "held") throw new Error("nobody else was there");
      await ledger.claims.commitReply(claim.id, taking.fence, { parts: ["Forty a month."], by: "scripted" });
      const parcel = await ledger.outbox.take("nexus");
      await ledger.outbox.post(parcel?.id ?? 0, { id: "nexus", name: "nexus" });
      await ledger.outcomes.put({ message: 1, agent: "kronos", outcome: "declined", because: "fit 2 of 10, needs 7" });
    });

    const { stdout, code } = await kaos(home, ["why", "last"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^#1 {2}you .+\n {4}What does it cost\?\n/);
    expect(stdout).toMatch(/^ {2}nexus {3}answered {3}tier 2 .+fit 9 of 10/m);
    expect(stdout).toMatch(/^ {2}kronos {2}declined .+ fit 2 of 10, needs 7$/m);
    expect(stdout).toMatch(/nexus: tier 2, slot 1, sent/);
    expect(stdout).toMatch(/nexus {2}#2 .+ scripted\n {4}Forty a month\./);
    const story = JSON.parse((await kaos(home, ["why", "1", "--json"])).stdout);
    expect(story).toMatchObject({
      verdicts: [
        { agent: "nexus", outcome: "replied" },
        { agent: "kronos", outcome: "declined" },
      ],
    });
  });

  test("tells who still has to decide, and that they are down", async () => {
    const home = newHome();
    await withLedgerOf(home, (ledger) => arriveAndLeave(ledger, "kronos"));
    await kaos(home, ["room", "Anybody?"]);
    expect((await kaos(home, ["why", "#1"])).stdout).toMatch(
      /kronos {2}open .+ is down; it decides when it is up again/,
    );
  });

  test("says which message there is when it is asked for another", async () => {
    const home = newHome();
    await kaos(home, ["room", "hello"]);
    expect(await kaos(home, ["why", "12"])).toMatchObject({
      code: 1,
      stderr: "✗ There is no message #12. The last thing a person said is #1.\n",
    });
    expect(await kaos(home, ["why", "twelve"])).toMatchObject({ code: 2 });
  });
});

describe("kaos swarm", () => {
  test("pauses and resumes one agent, and the swarm, for every process to read", async () => {
    const home = newHome();
    await kaos(home, ["swarm", "pause", "nexus"]);
    await kaos(home, ["swarm", "pause"]);
    const paused = await withLedgerOf(home, (ledger) => ledger.controls.active());
    expect(paused).toMatchObject([{ scope: "agent", name: "nexus", by: "you" }, { scope: "swarm" }]);
    const resumed = await kaos(home, ["swarm", "resume"]);
    expect(resumed.stderr).toContain("Still paused: nexus. `kaos swarm resume nexus`");
    await kaos(home, ["swarm", "resume", "nexus"]);
    expect(await withLedgerOf(home, (ledger) => ledger.controls.active())).toEqual([]);
  });
});
