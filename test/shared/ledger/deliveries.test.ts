/** What jobs have to say: told, held, dropped, or not deliverable, and then nobody believes that it was told. */
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Ledger } from "../../../shared/ledger/index.ts";
import { card, openTestLedger, type StandingClock, standingClock } from "../../doubles/ledger.ts";

let clock: StandingClock;
let ledger: Ledger;
let close: () => void;
beforeEach(async () => {
  clock = standingClock();
  ({ ledger, close } = await openTestLedger(clock));
  await ledger.agents.arrive(card("kronos"), 1);
});
afterEach(() => close());

type Saying = Parameters<Ledger["deliveries"]["say"]>[0];
const say = async (key: string, more: Partial<Saying> = {}) => {
  const saying = {
    job: "news-monitor",
    key,
    severity: "notable",
    agent: "kronos",
    room: "room:main",
    text: key,
  } as const;
  const said = await ledger.deliveries.say({
    ...{ ...saying, state: "queued", because: "it is worth knowing now", parts: [key] },
    ...more,
  });
  if (said === undefined) throw new Error(`${key} was said before`);
  return said;
};
const send = async (fails?: string) => {
  const parcel = await ledger.outbox.take("kronos");
  if (parcel === undefined) throw new Error("nothing to send");
  if (fails === undefined) await ledger.outbox.post(parcel.id, { id: "kronos", name: "kronos" });
  else await ledger.outbox.fail(parcel.id, fails);
};
const said = async () => (await ledger.messages.latest("room:main", 10)).map(({ text }) => text);

test("what no transport could deliver has failed, for that reason, and is no message of the day", async () => {
  const { id } = await say("news", { parts: ["one", "two"] });
  expect(await ledger.deliveries.toldSince("room:main", 0)).toBe(1);
  await send("the room is gone");
  expect(await ledger.deliveries.get(id)).toMatchObject({ state: "failed", because: "the room is gone" });
  expect(await ledger.deliveries.toldSince("room:main", 0)).toBe(0);
  expect(await ledger.outbox.take("kronos")).toBeUndefined();
  const [event] = await ledger.events.latest(1);
  expect(event).toMatchObject({ kind: "delivery failed", agent: "kronos", detail: { job: "news-monitor" } });
});

test("what failed may be said again under its key, and then appears once", async () => {
  const { id } = await say("news", { parts: ["one", "two"] });
  await send();
  await send("the line is down");
  expect(await say("news", { parts: ["one", "two"] })).toMatchObject({ id, state: "queued" });
  await send();
  await send();
  expect(await said()).toEqual(["one", "two"]);
  expect(
    await ledger.deliveries.say({ ...(await say("else")), key: "news", state: "queued", parts: [] }),
  ).toBeUndefined();
});

test("what was to go out in a digest that failed waits for the next, unless some of it was read", async () => {
  const { id } = await say("small", { state: "held", because: "it can wait for the digest" });
  const digest = (key: string) => say(key, { job: "send-digest", parts: [key, "the rest"], holds: [id] });
  await digest("first");
  await send("the room is gone");
  expect(await ledger.deliveries.held()).toMatchObject([{ id, toldWith: null, toldAt: null }]);
  await digest("second");
  await send();
  await send("the line is down");
  expect(await ledger.deliveries.held()).toEqual([]);
});

test("plans and what agents say of themselves use up no message of jobs", async () => {
  await say("a");
  await say("b", { job: "plans" });
  await say("c", { job: "door" });
  expect(await ledger.deliveries.toldSince("room:main", 0)).toBe(1);
});
