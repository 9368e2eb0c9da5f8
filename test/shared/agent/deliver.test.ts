/** What the outbox worker makes of a transport that cannot send now. */
import { expect, test } from "vitest";
import { type Delivery, MAIN_ROOM, type Transport } from "../../../shared/transport/index.ts";
import { createWorld } from "./world.ts";

const WAITS: Delivery = { kind: "later", afterMs: 3_000, because: "the account is connecting", asked: true };
const FAILS: Delivery = { kind: "later", afterMs: 100, because: "the service is in trouble" };

/** Answers as it is told, then sends. */
function createTroubled(answers: readonly Delivery[]): Transport & { tries(): number } {
  let tries = 0;
  return {
    name: "room",
    capabilities: { textMax: 4_096, catchUpMaxAgeMs: 600_000, typing: false, reactions: false },
    tries: () => tries,
    start: async () => {},
    send: async () => answers[tries++] ?? { kind: "sent", messageId: "sent" },
    typing: async () => {},
    react: async () => ({ kind: "never", because: "there are none" }),
    close: async () => {},
  };
}

async function answerThrough(transport: Transport) {
  const world = await createWorld(["kronos"]);
  await world.start("kronos", () => "Because.", { transports: [transport] });
  const message = await world.say("@kronos, why?", { room: MAIN_ROOM });
  await world.settled(message, "kronos");
  return { outcome: (await world.outcomes(message))["kronos"], ms: world.clock.elapsed() };
}

test("however often it was told to wait, the first refusals after that lose no reply", async () => {
  const transport = createTroubled([...Array<Delivery>(12).fill(WAITS), ...Array<Delivery>(7).fill(FAILS)]);
  expect((await answerThrough(transport)).outcome).toBe("replied");
});

test("a reply fails with the eighth failed try, minutes after the first", async () => {
  const transport = createTroubled(Array<Delivery>(20).fill(FAILS));
  const { outcome, ms } = await answerThrough(transport);
  expect({ outcome, tries: transport.tries() }).toEqual({ outcome: "failed", tries: 8 });
  expect(ms).toBeGreaterThan(120_000);
});
