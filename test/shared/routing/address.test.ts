import { describe, expect, test } from "vitest";
import type { Message } from "../../../shared/ledger/index.ts";
import { addressees } from "../../../shared/routing/index.ts";
import { card, said } from "../../doubles/ledger.ts";

const roster = [
  card("kronos", { aliases: ["kronos", "кронос"], username: "kronos_agnt" }),
  card("nexus", { aliases: ["nexus", "analyst", "артём"] }),
  card("lacuna", { aliases: ["lacuna", "间隙"] }),
];
const person: Message["sender"] = { kind: "owner", id: "owner", name: "you" };
const agent = (name: string): Message["sender"] => ({ kind: "agent", id: name, name });
const message = (text: string, sender = person): Message => ({
  ...said(text, { sender }),
  seq: 1,
  root: 1,
  hops: 0,
  recordedAt: 0,
  editedAt: null,
  deletedAt: null,
});
const addressed = (text: string, sender = person, repliedTo?: Message) =>
  addressees(message(text, sender), roster, repliedTo);

describe("whom a person addresses", () => {
  test.each([
    ["kronos, what do you think?", ["kronos"]],
    ["Hey, ANALYST!", ["nexus"]],
    ["what does Кронос say?", ["kronos"]],
    ["Артем, посмотри", ["nexus"]],
    ["间隙 可以吗", ["lacuna"]],
    ["(nexus) and kronos: both of you", ["kronos", "nexus"]],
    ["@kronos_agnt please", ["kronos"]],
    ["ask @Nexus.", ["nexus"]],
  ])("%s", (text, names) => {
    expect(addressed(text)).toEqual(names);
  });
});

describe("what addresses nobody", () => {
  test.each([
    ["a kronoscope is no agent"],
    ["something kronos-like"],
    ["mail me@kronos.example or kronos@example.com, or nexus@analyst"],
    ["@kronos_agnt2 is somebody else"],
    ["@someone, look"],
    ["кроносу виднее"],
    ["ship or fix?"],
    [""],
  ])("%s", (text) => {
    expect(addressed(text)).toEqual([]);
  });
});

describe("replies and colleagues", () => {
  test("a person who replies to an agent's message addresses it", () => {
    expect(addressed("and why?", person, message("because", agent("nexus")))).toEqual(["nexus"]);
  });

  test("a person who replies to a person addresses nobody", () => {
    expect(addressed("and why?", person, message("because"))).toEqual([]);
  });

  test("a colleague addresses by @ alone: names are said in passing", () => {
    expect(addressed("as nexus said, and kronos too", agent("lacuna"))).toEqual([]);
    expect(addressed("@nexus, check the figure", agent("lacuna"))).toEqual(["nexus"]);
    expect(addressed("I agree", agent("lacuna"), message("because", agent("nexus")))).toEqual([]);
  });

  test("nobody addresses itself", () => {
    expect(addressed("@lacuna and @nexus", agent("lacuna"))).toEqual(["nexus"]);
  });
});
