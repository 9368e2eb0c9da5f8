import { describe, expect, test } from "vitest";
import type { Money } from "../../../shared/agent/index.ts";
import { createPurse } from "../../../shared/agent/index.ts";
import { type Completion, type Model, ModelStopped, noUsage } from "../../../shared/engine/index.ts";
import { openTestLedger, reservedIn, said } from "../../doubles/ledger.ts";

const request = { entries: [], tools: [], tokensMax: 100 };
const options = { signal: new AbortController().signal };

async function purseOf({ dayUsd, worstUsd, costUsd }: { dayUsd: number; worstUsd: number; costUsd: number }) {
  const { ledger, path, close } = await openTestLedger();
  const { seq: message } = await ledger.messages.record(said("what does it cost?"));
  const asked: string[] = [];
  const model = (by: string): Model => ({
    async complete() {
      asked.push(by);
      return { kind: "completed", text: "x", calls: [], usage: { ...noUsage, costUsd }, by } satisfies Completion;
    },
  });
  const money: Money = { caps: { dayUsd, sessionUsd: 1_000, agentDayUsd: 0 }, worstUsd: () => worstUsd };
  const models = { lite: model("lite"), standard: model("standard") };
  const purse = createPurse({ agent: "kronos", models, spend: ledger.spend, money });
  const ask = () => purse("standard", { purpose: "answer", message, room: "room:main" }).complete(request, options);
  return { ledger, path, ask, asked, message, close };
}

describe("the purse", () => {
  test("books what each call cost, for the message it served", async () => {
    const { ledger, path, ask, message, close } = await purseOf({ dayUsd: 5, worstUsd: 0.1, costUsd: 0.02 });
    await ask();
    await ask();
    expect(await ledger.spend.ofMessage(message)).toMatchObject([{ costUsd: 0.02, by: "standard" }, { costUsd: 0.02 }]);
    expect(reservedIn(path)).toBe(0);
    close();
  });

  test("asks no model once the next call might go over the cap, and says so with the numbers", async () => {
    const { ask, asked, close } = await purseOf({ dayUsd: 1, worstUsd: 0.4, costUsd: 0.4 });
    await ask();
    await ask();
    expect(await ask()).toMatchObject({ kind: "failed", because: expect.stringContaining("$0.80 of $1.00") });
    expect(asked).toHaveLength(2);
    close();
  });

  test("lets the cheaper tier answer from four fifths of the cap on", async () => {
    const { ask, asked, close } = await purseOf({ dayUsd: 1, worstUsd: 0.3, costUsd: 0.3 });
    for (let i = 0; i < 3; i++) await ask();
    expect(asked).toEqual(["standard", "standard", "lite"]);
    close();
  });

  test("asks no model any more for a message into which a hundred completions went, whoever asked for them", async () => {
    const { ledger, ask, asked, message, close } = await purseOf({ dayUsd: 5, worstUsd: 0, costUsd: 0 });
    const spent = { purpose: "answer", message, by: "x", ...noUsage };
    for (let i = 0; i < 100; i++) await ledger.spend.add({ ...spent, agent: i % 2 === 0 ? "kronos" : "nexus" });
    expect(await ask()).toMatchObject({ kind: "failed", because: "100 completions went into this message already" });
    expect(asked).toEqual([]);
    close();
  });

  test("spends nothing while what is spent cannot be read", async () => {
    const { ledger, asked, close } = await purseOf({ dayUsd: 5, worstUsd: 0, costUsd: 0 });
    const model: Model = { complete: () => Promise.reject(new Error("nobody may ask it")) };
    const spend = { ...ledger.spend, reserve: () => Promise.reject(new Error("disk I/O error")) };
    const money: Money = { caps: { dayUsd: 5, sessionUsd: 1, agentDayUsd: 0 }, worstUsd: () => 0.1 };
    const purse = createPurse({ agent: "kronos", models: { lite: model, standard: model }, spend, money });
    expect(await purse("lite", { purpose: "judge", message: null, room: "" }).complete(request, options)).toMatchObject(
      {
        kind: "failed",
        because: "what is spent could not be read, so nothing is spent: disk I/O error",
      },
    );
    expect(asked).toEqual([]);
    close();
  });

  test("books what a call had used when it was stopped, where that is known", async () => {
    const { ledger, path, message, close } = await purseOf({ dayUsd: 1, worstUsd: 0.3, costUsd: 0 });
    const usage = { ...noUsage, inputTokens: 100, outputTokens: 7, costUsd: 0.01 };
    const stopped: Model = {
      complete: () => Promise.reject(new ModelStopped({ usage, by: "acme/small", cause: "you" })),
    };
    const purse = createPurse({
      agent: "kronos",
      models: { lite: stopped, standard: stopped },
      spend: ledger.spend,
      money: { caps: { dayUsd: 1, sessionUsd: 1, agentDayUsd: 0 }, worstUsd: () => 0.3 },
    });
    const call = purse("lite", { purpose: "answer", message, room: "" }).complete(request, options);
    await expect(call).rejects.toMatchObject({ name: "AbortError" });
    expect(await ledger.spend.ofMessage(message)).toMatchObject([{ by: "acme/small", outputTokens: 7, costUsd: 0.01 }]);
    expect(reservedIn(path)).toBe(0);
    close();
  });

  test("counts a call that was broken off with its worst, where nobody knows what it cost", async () => {
    const { ledger, path, close } = await purseOf({ dayUsd: 1, worstUsd: 0.3, costUsd: 0 });
    const broken: Model = { complete: () => Promise.reject(new DOMException("stopped", "AbortError")) };
    const purse = createPurse({
      agent: "kronos",
      models: { lite: broken, standard: broken },
      spend: ledger.spend,
      money: { caps: { dayUsd: 1, sessionUsd: 1, agentDayUsd: 0 }, worstUsd: () => 0.3 },
    });
    const call = purse("lite", { purpose: "judge", message: null, room: "" }).complete(request, options);
    await expect(call).rejects.toThrow("stopped");
    expect(reservedIn(path)).toBe(0.3);
    close();
  });
});
