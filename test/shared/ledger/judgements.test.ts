import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  ALIVE_MS,
  JUDGE_ATTEMPTS_MAX,
  JUDGE_LEASE_MS,
  type JudgementKey,
  type Ledger,
} from "../../../shared/ledger/index.ts";
import { card, openTestLedger, type StandingClock, said, standingClock } from "../../doubles/ledger.ts";

const AGENTS = ["kronos", "lacuna", "nexus"];
const made = { scores: { kronos: 8, lacuna: 2, nexus: 5 }, costUsd: 0.001, because: "" };

describe("one judgement for the whole swarm", () => {
  let clock: StandingClock;
  let ledger: Ledger;
  let close: () => void;
  let key: JudgementKey;
  const epochs = new Map<string, number>();

  beforeEach(async () => {
    clock = standingClock();
    ({ ledger, close } = await openTestLedger(clock));
    for (const name of AGENTS) epochs.set(name, await ledger.agents.arrive(card(name), 1));
    key = { message: (await ledger.messages.record(said("ship or fix?"))).seq, scope: "swarm" };
  });
  afterEach(() => close());

  const beat = async (...agents: string[]) => {
    for (const agent of agents) await ledger.agents.beat(agent, epochs.get(agent) ?? 0);
  };

  test("the first agent asks, the others wait and then read", async () => {
    expect(await ledger.judgements.take(key, "nexus")).toEqual({ kind: "yours", attempt: 1 });
    expect(await ledger.judgements.take(key, "kronos")).toEqual({
      kind: "waiting",
      by: "nexus",
      until: clock.now() + JUDGE_LEASE_MS,
    });
    expect(await ledger.judgements.make(key, { agent: "nexus", attempt: 1 }, made)).toBe(true);
    expect(await ledger.judgements.take(key, "kronos")).toEqual({ kind: "made", by: "nexus", scores: made.scores });
  });

  test("an agent that dies while asking is replaced as soon as it is missed", async () => {
    await ledger.judgements.take(key, "nexus");
    clock.tick(ALIVE_MS + 1);
    await beat("kronos", "lacuna");
    expect(await ledger.judgements.take(key, "kronos")).toEqual({ kind: "yours", attempt: 2 });
    expect(await ledger.judgements.take(key, "lacuna")).toMatchObject({ kind: "waiting", by: "kronos" });
  });

  test("an agent that was killed while asking and is back asks anew", async () => {
    await ledger.judgements.take(key, "nexus");
    expect(await ledger.judgements.take(key, "nexus")).toEqual({ kind: "yours", attempt: 2 });
  });

  test("a result that comes too late is dropped", async () => {
    await ledger.judgements.take(key, "nexus");
    clock.tick(JUDGE_LEASE_MS + 1);
    await beat(...AGENTS);
    await ledger.judgements.take(key, "kronos");
    expect(await ledger.judgements.make(key, { agent: "nexus", attempt: 1 }, made)).toBe(false);
    await ledger.judgements.fail(key, { agent: "nexus", attempt: 1 }, "late as well");
    expect(await ledger.judgements.take(key, "lacuna")).toMatchObject({ kind: "waiting", by: "kronos" });
    expect(await ledger.judgements.make(key, { agent: "kronos", attempt: 2 }, made)).toBe(true);
  });

  test(`after ${JUDGE_ATTEMPTS_MAX} failed tries it has failed for all, with the last reason`, async () => {
    const asking = ["nexus", "kronos"].entries();
    for (const [index, agent] of asking) {
      expect(await ledger.judgements.take(key, agent)).toMatchObject({ kind: "yours" });
      await ledger.judgements.fail(key, { agent, attempt: index + 1 }, `${agent}'s model is down`);
    }
    expect(await ledger.judgements.take(key, "lacuna")).toEqual({ kind: "failed", because: "kronos's model is down" });
    expect(await ledger.judgements.make(key, { agent: "kronos", attempt: 2 }, made)).toBe(false);
    expect(await ledger.judgements.ofMessage(key.message)).toMatchObject([{ scope: "swarm", state: "failed" }]);
  });

  test("a lease from the far future keeps nobody waiting", async () => {
    await ledger.judgements.take(key, "nexus");
    clock.tick(-86_400_000);
    await beat(...AGENTS);
    expect(await ledger.judgements.take(key, "kronos")).toMatchObject({ kind: "yours" });
  });

  test("agents that judge for themselves do not wait for each other", async () => {
    for (const agent of AGENTS)
      expect(await ledger.judgements.take({ ...key, scope: agent }, agent)).toEqual({ kind: "yours", attempt: 1 });
  });
});
