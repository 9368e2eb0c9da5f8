import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import type { Ledger } from "../../../shared/ledger/index.ts";
import { openTestLedger, said, standingClock } from "../../doubles/ledger.ts";

describe("reactions", () => {
  const clock = standingClock();
  let ledger: Ledger;
  let answer: number;
  const anna = { kind: "owner", id: "1", name: "Anna" } as const;
  const bert = { kind: "allowed", id: "2", name: "Bert" } as const;

  beforeEach(async () => {
    const opened = await openTestLedger(clock);
    ({ ledger } = opened);
    onTestFinished(opened.close);
    const agent = { kind: "agent", id: "7", name: "nexus" } as const;
    answer = (await ledger.messages.record(said("ship it", { messageId: "a", sender: agent }))).seq;
    await ledger.messages.record(said("thanks", { messageId: "p" }));
  });

  const hear = (
    messageId: string,
    ...reactions: {
      by: { kind: "owner" | "allowed" | "stranger" | "agent"; id: string; name: string };
      emoji: string;
    }[]
  ) => ledger.reactions.heard({ room: "room:main", messageId, reactions });
  const now = async () =>
    (await ledger.reactions.ofMessage(answer)).map(({ personName, emoji }) => `${personName} ${emoji}`);

  test("all that a message has now is kept, whoever of the six tells it and however often", async () => {
    await hear("a", { by: anna, emoji: "👍" });
    await hear("a", { by: anna, emoji: "👍" }, { by: bert, emoji: "👎" });
    await hear("a", { by: anna, emoji: "👍" }, { by: bert, emoji: "👎" });
    expect(await now()).toEqual(["Anna 👍", "Bert 👎"]);
    await hear("a", { by: bert, emoji: "👎" });
    expect(await now()).toEqual(["Bert 👎"]);
    expect(await ledger.reactions.since(0)).toMatchObject([{ message: answer, agent: "nexus", emoji: "👎" }]);
  });

  test("strangers and colleagues give no feedback, and people's messages get none", async () => {
    await hear("a", { by: { kind: "stranger", id: "9", name: "Zed" }, emoji: "👍" });
    await hear("a", { by: { kind: "agent", id: "8", name: "kronos" }, emoji: "👍" });
    await hear("p", { by: anna, emoji: "👍" });
    await hear("unknown", { by: anna, emoji: "👍" });
    expect(await ledger.reactions.since(0)).toEqual([]);
  });
});
