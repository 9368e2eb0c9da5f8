/** The checks tell a second answer from one that an agent gave because it was its work. */
import { expect, test } from "vitest";
import { check } from "../../shared/simulation/check.ts";
import type { History } from "../../shared/simulation/history.ts";

const AGENTS = ["impulse", "kronos", "nexus"];
const ROOM = { room: "room:main", topic: null, deleted: false, at: 1, randomId: null };

/** A message that kronos and nexus answered and impulse lost, then these answered once more. */
function history(more: readonly string[], assigned: History["assigned"]): History {
  const speakers = ["kronos", "nexus", ...more];
  const rows = [{ id: "m", by: "you" }, ...speakers.map((by, index) => ({ id: `r${index}`, by }))];
  return {
    agents: AGENTS,
    left: new Set(),
    said: rows.map(({ id, by }, index) => ({
      ...{ seq: index + 1, messageId: id, text: id, sender: by, root: 1, deleted: 0 },
      ...(by === "you" ? { replyTo: null, kind: "owner", hops: 0 } : { replyTo: "m", kind: "agent", hops: 1 }),
    })),
    claims: AGENTS.map((agent, id) => ({
      ...{ id, message: 1, root: 1, agent, tier: 2 },
      ...(agent === "impulse" ? { state: "yielded", parts: 0 } : { state: "sent", parts: 1 }),
    })),
    assigned,
    outcomes: [],
    scores: new Map(),
    events: [],
    visible: rows.map(({ id, by }) => ({
      ...{ ...ROOM, messageId: id, texts: [id], replyTo: by === "you" ? null : "m" },
      sender: { kind: by === "you" ? "owner" : "agent", id: by, name: by },
    })),
  };
}

const brokenBy = (more: readonly string[], assigned: History["assigned"] = []) =>
  check(history(more, assigned), { cards: [], cap: 2 }).flatMap(({ invariant }) =>
    invariant === "I2" || invariant === "I3" ? [invariant] : [],
  );

test("a second answer is one too many, unless it was the agent's work", () => {
  expect(brokenBy([])).toEqual([]);
  expect(brokenBy(["nexus"])).toEqual(["I2"]);
  expect(brokenBy(["nexus"], [{ message: 1, agent: "nexus", parts: 1 }])).toEqual([]);
  expect(brokenBy(["impulse"])).toEqual(["I2"]);
  expect(brokenBy(["impulse"], [{ message: 1, agent: "impulse", parts: 1 }])).toEqual([]);
});
