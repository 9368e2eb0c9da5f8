/** What every transport keeps, whatever service is behind it: the local room, Telegram over the wire, and those to come. */
import { describe, expect, test } from "vitest";
import type { Outgoing, Transport } from "../../shared/transport/index.ts";

/** A transport that has started, and the place behind it as a person sees it. */
export type Stage = {
  transport: Transport;
  room: string;
  /** A person says something there; its id as the transport tells it. */
  say(text: string): Promise<string>;
  /** A letter that stands in the outbox, as an agent's reply to this message. */
  letter(text: string, replyTo: string): Promise<Outgoing>;
  /** The same letter, but it can never be sent. */
  unsendable(letter: Outgoing): Promise<Outgoing>;
  /** What the agent's account has written there. */
  shown(): Promise<{ messageId: string; text: string; replyTo: string | null }[]>;
  close(): Promise<void>;
};

/** Runs the suite on a stage of its own for each test. */
export function transportContract(name: string, open: () => Promise<Stage>): void {
  const play = async (story: (stage: Stage) => Promise<void>) => {
    const stage = await open();
    try {
      await story(stage);
    } finally {
      await stage.close();
    }
  };

  describe(`${name} as a transport`, () => {
    test("its rooms begin with its name, and its limits are said", () =>
      play(async ({ transport, room }) => {
        expect(room.startsWith(`${transport.name}:`)).toBe(true);
        expect(transport.capabilities.textMax).toBeGreaterThan(100);
        expect(transport.capabilities.catchUpMaxAgeMs).toBeGreaterThan(0);
      }));

    test("a letter appears under the message it answers, once, however often it is sent", () =>
      play(async ({ transport, say, letter, shown }) => {
        const asked = await say("why?");
        const one = await letter("because", asked);
        const first = await transport.send(one);
        expect(first).toEqual({ kind: "sent", messageId: expect.any(String) });
        expect(await transport.send(one)).toEqual(first);
        const messageId = first.kind === "sent" ? first.messageId : "";
        expect(await shown()).toEqual([{ messageId, text: "because", replyTo: asked }]);
      }));

    test("letters appear in the order in which they are sent", () =>
      play(async ({ transport, say, letter, shown }) => {
        const asked = await say("and?");
        for (const text of ["first", "second", "third"]) await transport.send(await letter(text, asked));
        expect((await shown()).map(({ text }) => text)).toEqual(["first", "second", "third"]);
      }));

    test("the longest text that it takes arrives whole, in any script", () =>
      play(async ({ transport, say, letter, shown }) => {
        const asked = await say("all of it!");
        const text = "Ж🎉 ".repeat(2_000).slice(0, transport.capabilities.textMax).trimEnd();
        expect((await transport.send(await letter(text, asked))).kind).toBe("sent");
        expect((await shown()).map((one) => one.text)).toEqual([text]);
      }));

    test("what can never be sent is refused with a sentence, and nothing appears", () =>
      play(async ({ transport, say, letter, unsendable, shown }) => {
        const refused = await transport.send(await unsendable(await letter("lost", await say("so?"))));
        expect(refused).toEqual({ kind: "never", because: expect.stringMatching(/\w+ \w+/) });
        expect(await shown()).toEqual([]);
      }));

    test("typing ends when it is told to, and harms nothing", () =>
      play(async ({ transport, room }) => {
        const stop = new AbortController();
        const typing = transport.typing({ room, topic: null }, stop.signal);
        stop.abort();
        await typing;
      }));

    test("a reaction is taken or refused with a sentence, as its capabilities say", () =>
      play(async ({ transport, room, say }) => {
        const reacted = await transport.react({ room, messageId: await say("done!") }, "👍");
        expect(reacted).toMatchObject({ kind: transport.capabilities.reactions ? "sent" : "never" });
      }));

    test("closing again harms nothing", () =>
      play(async ({ transport }) => {
        await transport.close();
        await transport.close();
      }));
  });
}
