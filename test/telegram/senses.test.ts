/** One voice message, six accounts that hear it: one of them pays for its words. */
import { expect, onTestFinished, test } from "vitest";
import { createSenses } from "../../agents/senses.ts";
import { systemClock } from "../../shared/base/index.ts";
import { readEnv } from "../../shared/config/index.ts";
import type { Media } from "../../shared/transport/index.ts";
import { card, openTestLedger, said } from "../doubles/ledger.ts";
import { openAiServer } from "../doubles/openai-server.ts";

const voice: Media = {
  kind: "voice",
  bytes: 9,
  mimeType: "audio/ogg",
  download: async () => Buffer.from("OggS hello"),
};
const heard = { text: "Good morning", usage: { type: "tokens", input_tokens: 20, output_tokens: 2, total_tokens: 22 } };

async function openSenses(
  answers: readonly { status: number; body: unknown }[],
  variables: Record<string, string> = {},
  dayUsd = 5,
) {
  const { ledger, close } = await openTestLedger(systemClock);
  onTestFinished(close);
  const endpoint = await openAiServer(answers.map((answer) => ({ path: "/v1/audio/transcriptions" as const, answer })));
  onTestFinished(() => endpoint.close());
  const { env, raw } = readEnv({ PROVIDER_OWN_BASE_URL: endpoint.baseUrl, KAOS_HEARING: "own/ears", ...variables });
  const sensesOf = (agent: string) =>
    createSenses({
      agent,
      env,
      raw,
      ledger,
      money: { caps: { dayUsd, sessionUsd: 1, agentDayUsd: 0 } },
      clock: systemClock,
    });
  return { ledger, sensesOf, endpoint };
}

test("the first in line transcribes it, the others wait until the ledger has it", async () => {
  const { ledger, sensesOf } = await openSenses([{ status: 200, body: heard }]);
  const agents = ["kronos", "lacuna", "nexus"];
  for (const agent of agents) await ledger.agents.arrive(card(agent), 1);
  const where = { room: "telegram:77", messageId: "5" };
  const { signal } = new AbortController();
  const perceived = await Promise.all(
    agents.map(async (agent) => {
      const one = await sensesOf(agent).perceive(voice, where, signal);
      await ledger.messages.record({ ...said("words" in one ? one.words : one.because, where), ...where });
      return one;
    }),
  );
  expect(perceived.filter((one) => "words" in one && one.words === "Good morning")).toHaveLength(1);
  expect((await ledger.messages.find(where.room, where.messageId))?.text).toBe("Good morning");
  expect(await ledger.spend.since(0)).toMatchObject([{ calls: 1 }]);
});

test("an endpoint that refuses, or a file that cannot be had, is a sentence", async () => {
  const { sensesOf } = await openSenses([{ status: 401, body: { error: { message: "no" } } }]);
  const { signal } = new AbortController();
  const senses = sensesOf("nexus");
  expect(await senses.perceive(voice, undefined, signal)).toEqual({
    because: "nexus cannot hear voice messages now: own/ears refused the key (HTTP 401): check PROVIDER_OWN_API_KEY.",
  });
  const gone: Media = { ...voice, download: () => Promise.reject(new Error("gone")) };
  expect(await senses.perceive(gone, undefined, signal)).toEqual({
    because: "nexus cannot hear voice messages: the file could not be fetched.",
  });
});

test("over the cap the endpoint is not asked, and the sentence has the numbers", async () => {
  const prices = { PROVIDER_OWN_PRICE_INPUT: "3", PROVIDER_OWN_PRICE_OUTPUT: "15" };
  const { sensesOf, endpoint, ledger } = await openSenses([], prices, 0);
  const { signal } = new AbortController();
  expect(await sensesOf("nexus").perceive(voice, undefined, signal)).toEqual({
    because: expect.stringMatching(
      /^nexus cannot hear voice messages now: this call may cost \$0\.\d+, and of the swarm's day/,
    ),
  });
  expect(endpoint.requests).toEqual([]);
  expect(await ledger.spend.since(0)).toEqual([]);
});

test("an endpoint that cannot be is refused at the start", async () => {
  await expect((async () => (await openSenses([], { KAOS_HEARING: "whisper" })).sensesOf("nexus"))()).rejects.toThrow(
    'KAOS_HEARING: "whisper" names no model. Write provider/model, such as openai/whisper-1.',
  );
});
