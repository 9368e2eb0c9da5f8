import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { entriesFor, systemPromptOf } from "../../../shared/agent/context.ts";
import { nothingRecalled } from "../../../shared/agent/remembering.ts";
import type { Message } from "../../../shared/ledger/index.ts";
import { card, said } from "../../doubles/ledger.ts";

const message = (seq: number, text: string, agent?: string): Message => ({
  ...said(text, agent === undefined ? {} : { sender: { kind: "agent", id: agent, name: agent } }),
  seq,
  root: 1,
  hops: agent === undefined ? 0 : 1,
  recordedAt: 0,
  editedAt: null,
  deletedAt: null,
});

describe("what a model is told", () => {
  test("whatever colleagues and others said, the person's words are the one user entry, and the last", () => {
    const texts = fc.array(fc.string(), { maxLength: 3 });
    fc.assert(
      fc.property(
        fc.string(),
        texts,
        texts,
        fc.option(fc.string(), { nil: undefined }),
        (asked, before, answers, peer) => {
          const entries = entriesFor({
            asked: message(1, asked),
            before: before.map((text, n) => message(-n, text)),
            answers: answers.map((text, n) => ({ agent: "nexus", text, seq: 2 + n })),
            peer: peer === undefined ? undefined : message(9, peer, "lacuna"),
            recalled: nothingRecalled,
            now: 0,
          });
          expect(entries.at(-1)).toEqual({ role: "user", text: asked });
          expect(entries.slice(0, -1).every(({ role }) => role === "system")).toBe(true);
        },
      ),
    );
  });

  test("a colleague's message that is among the answers is told once", () => {
    const peer = message(2, "the figure is 12", "nexus");
    const entries = entriesFor({
      asked: message(1, "why?"),
      before: [],
      answers: [{ agent: "nexus", text: peer.text, seq: peer.seq }],
      peer,
      recalled: nothingRecalled,
      now: 0,
    });
    expect(entries.filter((entry) => entry.text.includes("the figure is 12"))).toHaveLength(1);
  });

  test("earlier messages are one line each and cut", () => {
    const entries = entriesFor({
      asked: message(3, "why?"),
      before: [message(1, "a\nb"), message(2, "x".repeat(2_000))],
      answers: [],
      peer: undefined,
      recalled: nothingRecalled,
      now: 0,
    });
    const [first, second] = entries[0]?.text.split("\n").slice(1) ?? [];
    expect(first).toBe("you: a b");
    expect(second?.length).toBeLessThanOrEqual(506);
  });

  test("the system prompt is the same from turn to turn, and names the colleagues, not oneself", () => {
    const persona = { common: "Be brief.", identity: "You are kronos.", voice: "", duties: "Plan." };
    const roster = [card("kronos"), card("nexus")];
    const prompt = systemPromptOf("kronos", persona, roster);
    expect(prompt).toBe(
      "Be brief.\n\nYou are kronos.\n\nPlan.\n\n## Your colleagues in the group\n\n- nexus: role of nexus",
    );
    expect(systemPromptOf("kronos", persona, [...roster])).toBe(prompt);
  });
});
