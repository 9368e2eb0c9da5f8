/** A model that thinks nothing and takes its time: scores and answers depend on the message and the agent alone. */
import { dice, type Random } from "../base/index.ts";
import { type Completion, type Model, type ModelFailure, type ModelRequest, noUsage } from "../engine/index.ts";
import type { VirtualClock } from "./clock.ts";

export type ModelHabits = {
  /** How long a completion takes, ms. */
  latencyMs: readonly [number, number];
  /** Chance that a completion fails. */
  fail: number;
  /** Share of second answers that are passed. */
  pass: number;
};

/** The relevance of a message for an agent, known to the checks as well: about two agents in six find a message their own. */
export function relevanceOf(message: string, agent: string): number {
  return 1 + Math.floor(dice("relevance", message, agent) * 10);
}

/** Share of answers that ask a colleague something, and of those too long for one message. */
const ASK_COLLEAGUE = 0.1;
const LONG = 0.05;

type Deps = { agent: string; agents: readonly string[]; clock: VirtualClock; random: Random; habits: ModelHabits };

export function createSimulatedModel({ agent, agents, clock, random, habits }: Deps): Model {
  return {
    async complete(request, { signal }): Promise<Completion | ModelFailure> {
      const [least, most] = habits.latencyMs;
      await clock.sleep(least + random() * (most - least), signal);
      if (random() < habits.fail) return { kind: "failed", because: "the model is down", usage: noUsage };
      return request.answer === undefined ? answer(request) : judgement(request);
    },
  };

  function answer(request: ModelRequest): Completion {
    const asked = request.entries.findLast(({ role }) => role === "user");
    const text = asked?.role === "user" ? asked.text : "";
    const second = request.entries.some(
      (entry) => entry.role === "system" && entry.text.startsWith("Already answered by"),
    );
    const mayPass = request.tools.some(({ name }) => name === "pass");
    if (second && mayPass && dice("pass", text, agent) < habits.pass) {
      return completed("", [
        { id: "pass-1", tool: "pass", arguments: JSON.stringify({ because: "it is said already" }) },
      ]);
    }
    const colleague = agents[Math.floor(dice("colleague", text, agent) * agents.length)];
    const question = dice("asks", text, agent) < ASK_COLLEAGUE ? ` What do you say, @${colleague}?` : "";
    const length = dice("long", text, agent) < LONG ? 300 : 1;
    return completed(
      `${"So it is as it was found to be. ".repeat(length)}${agent} to “${text.replaceAll("@", "")}”.${question}`,
      [],
    );
  }

  function judgement(request: ModelRequest): Completion {
    const last = request.entries.at(-1);
    const framed = JSON.parse(last?.role === "user" ? last.text : "{}") as {
      message?: string;
      answer?: string;
      agents?: { name: string }[];
    };
    const text = framed.message ?? `reaction ${framed.answer ?? ""}`;
    const scores = Object.fromEntries((framed.agents ?? []).map(({ name }) => [name, relevanceOf(text, name)]));
    return completed(JSON.stringify({ scores }), []);
  }
}

function completed(text: string, calls: Completion["calls"]): Completion {
  return {
    kind: "completed",
    text,
    calls,
    usage: { inputTokens: 100, cachedTokens: 0, outputTokens: 20, costUsd: 0.0001 },
    by: "simulated",
  };
}
