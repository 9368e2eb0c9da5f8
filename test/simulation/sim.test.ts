import { describe, expect, test } from "vitest";
import type { Ledger } from "../../shared/ledger/index.ts";
import { type Simulation, simulate } from "../../shared/simulation/index.ts";

/** Another world every day, beside the fixed ones: whoever sees it fail finds its seed in the test's name. */
const today = 1_000 + Math.floor(Date.now() / 86_400_000);

describe("a simulated swarm", () => {
  test.each([1, 2])("keeps its promises through every fault, seed %i", { timeout: 240_000 }, async (seed) => {
    const report = await simulate({ seed, messages: 60, faults: "all" });
    expect(report.violations).toEqual([]);
    expect(report.kills).toBeGreaterThan(0);
    expect(report.replies).toBeGreaterThan(25);
  });

  // How much goes wrong in it nobody knows; that nothing comes of it is promised.
  test(`keeps them in the world of today, seed ${today}`, { timeout: 240_000 }, async () => {
    expect((await simulate({ seed: today, messages: 60, faults: "all" })).violations).toEqual([]);
  });

  test("speaks to the seventh agent too", { timeout: 240_000 }, async () => {
    const spokenTo = new Set<string>();
    const whenAtRest = async (ledger: Ledger) => {
      for (const { text } of await ledger.messages.after(0, 1_000))
        for (const [, name = ""] of text.matchAll(/@(\w+)/g)) spokenTo.add(name);
    };
    await simulate({ seed: 1, agents: 8, messages: 120, faults: "none", whenAtRest });
    expect([...spokenTo]).toEqual(expect.arrayContaining(["kronos", "agent7", "agent8"]));
  });

  test.each([
    { relevance: "own", strangers: "chat", rooms: 3 },
    { relevance: "swarm", strangers: "ignore", rooms: 2 },
  ] as const)(
    "keeps them with $relevance judgement, strangers $strangers, $rooms rooms",
    { timeout: 240_000 },
    async (settings) => {
      const report = await simulate({ seed: 4, messages: 60, faults: "all", settings });
      expect(report.settings).toEqual(settings);
      expect(report.violations).toEqual([]);
    },
  );

  test("is the same world for the same seed, and another for another", { timeout: 240_000 }, async () => {
    const world = { messages: 30, faults: "all" } as const;
    const report = await simulate({ seed: 11, ...world });
    expect(await simulate({ seed: 11, ...world })).toEqual(report);
    expect(await simulate({ seed: 12, ...world })).not.toMatchObject({
      replies: report.replies,
      virtualSeconds: report.virtualSeconds,
    });
  });

  test("pauses, second processes and agents that leave happen in it", { timeout: 240_000 }, async () => {
    const report = await simulate({ seed: 6, messages: 120, faults: ["pause", "twin", "roster", "edit"] });
    expect(report.violations).toEqual([]);
    expect(report.pauses).toBeGreaterThan(0);
    expect(report.twins).toBeGreaterThan(0);
    expect(report.left).toBeGreaterThan(0);
    expect(report.outcomes["blocked"]).toBeGreaterThan(0);
  });

  test("a working day with long silences keeps them too", { timeout: 240_000 }, async () => {
    const report = await simulate({ seed: 3, messages: 40, hours: 8, faults: "all" });
    expect(report.violations).toEqual([]);
    expect(report.virtualSeconds).toBeGreaterThan(6 * 3_600);
    expect(report.kills).toBeGreaterThan(0);
  });

  test("gives the same 200 messages the same answers with models of 0.1 s and of 30 s", {
    timeout: 240_000,
  }, async () => {
    const answers = async (latencyMs: number) => {
      const given: string[] = [];
      const { replies, implicitReplies } = await simulate({
        seed: 5,
        messages: 200,
        faults: "none",
        modelLatencyMs: [latencyMs, latencyMs],
        whenAtRest: async (ledger) => void given.push(...(await answersIn(ledger))),
      });
      return { replies, implicitReplies, given: given.toSorted() };
    };
    const fast = await answers(100);
    expect(fast.replies).toBeGreaterThan(200);
    expect(await answers(30_000)).toEqual(fast);
  });
});

/** Who answered which message of a person: addressed, as a volunteer, or in reaction to a colleague. */
async function answersIn(ledger: Ledger): Promise<string[]> {
  const said = await ledger.messages.after(0, 10_000);
  const people = new Map(said.filter(({ sender }) => sender.kind !== "agent").map(({ seq, text }) => [seq, text]));
  const claims = await ledger.claims.ofRoots([...people.keys()]);
  return claims
    .filter(({ state }) => state === "sent")
    .map(({ root, agent, tier }) => `${people.get(root)} — ${agent}, tier ${tier}`);
}

/** Mistakes that a test plants from outside: what the agents see of the ledger, or a trigger in its file. */
const mistakes: readonly ({ name: string; breaks: string } & Pick<
  Simulation,
  "faults" | "agents" | "ledgerSeenBy" | "plant"
>)[] = [
  {
    name: "a slot too many",
    breaks: "I3",
    faults: "none",
    ledgerSeenBy: (ledger) => ({
      ...ledger,
      claims: { ...ledger.claims, take: (id, { cap }) => ledger.claims.take(id, { cap: cap + 1 }) },
    }),
  },
  {
    name: "a random id that is new at every try",
    breaks: "I2",
    faults: ["delivery"],
    // Of six, one nearly always hears what was sent before it is sent again, and the ledger knows it then.
    agents: 1,
    plant: (db) =>
      db.exec(`
        CREATE TRIGGER forgetful AFTER UPDATE OF attempts ON outbox
        BEGIN UPDATE outbox SET random_id = random_id || '.' || NEW.attempts WHERE id = NEW.id; END
      `),
  },
  {
    name: "a claim that is forgotten when its holder dies",
    breaks: "I1",
    faults: ["kill"],
    ledgerSeenBy: (ledger) => ({ ...ledger, claims: { ...ledger.claims, open: async () => [] } }),
  },
];

describe("a planted mistake", () => {
  test.each(mistakes)(
    "$name is found within 50 seeds, and its seed shows it again",
    { timeout: 300_000 },
    async (mistake) => {
      const { breaks, faults, ...planted } = mistake;
      const world = { messages: 30, faults, ...planted };
      let found: number | undefined;
      for (let seed = 1; seed <= 50 && found === undefined; seed++) {
        const { violations } = await simulate({ ...world, seed });
        if (violations.some(({ invariant }) => invariant === breaks)) found = seed;
      }
      if (found === undefined) throw new Error(`50 worlds did not show ${mistake.name}`);
      const again = await simulate({ ...world, seed: found });
      expect(again.violations.map(({ invariant }) => invariant)).toContain(breaks);
      expect(again.violations[0]?.trace.length).toBeGreaterThan(0);
    },
  );
});
