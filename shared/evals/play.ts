/** Plays a scenario: the product's own loop, gate, loop detector and sanitizer around a recorded model and recorded tools. */

import { z } from "zod";
import { type Clock, systemClock } from "../base/index.ts";
import {
  type Approver,
  type Completion,
  defaultLimits,
  defineTool,
  type Gate,
  type GateDecision,
  type Model,
  noUsage,
  runTurn,
  type Tool,
  type TurnEnd,
} from "../engine/index.ts";
import { judgeLoop } from "../security/index.ts";
import type { Behaviour, Scenario } from "./scenario.ts";

/** What a scenario is played on: an agent as it is now. */
export type Stage = {
  systemPrompt: string;
  /** Its tools as they are declared; none of them runs. */
  tools: readonly Tool[];
  gate: Gate;
  sanitize(text: string, tool: string): string;
  validate(text: string): string;
  /** Asked instead of the record: the offline model. */
  model?: Model;
  clock?: Clock;
};

/** Reaches nothing and changes nothing. Rejects only with a bug. */
export async function playScenario(scenario: Omit<Scenario, "expected">, stage: Stage): Promise<Behaviour> {
  const decisions = new Map<string, Behaviour["calls"][number]["gate"]>();
  const calls: Behaviour["calls"] = [];
  let step = 0;
  const gate: Gate = {
    async decide(tool, input, context) {
      const decision = await stage.gate.decide(tool, input, context);
      decisions.set(context.callId, wordOf(decision));
      return decision;
    },
  };
  const results = new Map(scenario.results.map((result) => [result.call, result]));
  // What a person answered then is answered again.
  const approver: Approver = {
    ask: ({ call }) => {
      const kept = results.get(call.id);
      if (kept?.kind === "waiting" || kept === undefined) return Promise.resolve({ kind: "waiting", approval: 0 });
      if (kept.kind === "refused") return Promise.resolve({ kind: "denied", because: kept.text });
      return Promise.resolve({ kind: "granted", by: "the record" });
    },
  };
  const end = await runTurn({
    id: scenario.name,
    agent: scenario.agent,
    model: stage.model ?? recordedModel(scenario),
    systemPrompt: stage.systemPrompt,
    entries: scenario.entries,
    ...(scenario.said === undefined ? {} : { said: scenario.said }),
    tools: toolsFor(scenario, stage.tools),
    limits: defaultLimits,
    gate,
    journal: { intent: async () => {}, outcome: async () => {} },
    clock: stage.clock ?? systemClock,
    signal: new AbortController().signal,
    sanitize: stage.sanitize,
    sources: scenario.sources.map((source) => ({ ...source })),
    judgeLoop,
    approver,
    steer: () => scenario.steps[step]?.steered ?? [],
    onEvent(event) {
      if (event.kind === "step") step = event.step;
      if (event.kind !== "result") return;
      const { tool, id, arguments: asked } = event.call;
      calls.push({ step, tool, arguments: asked, gate: decisions.get(id) ?? "none", outcome: event.outcome.kind });
    },
  });
  return { ...endOf(end, stage), steps: end.steps, calls };
}

function endOf(end: TurnEnd, { validate }: Stage): Pick<Behaviour, "end" | "because" | "text"> {
  const text = "text" in end ? validate(end.text) : "";
  return { end: end.kind, because: "because" in end ? end.because : "", text };
}

function wordOf(decision: GateDecision): "allow" | "ask" | "refuse" {
  if (decision.allow === "ask") return "ask";
  return decision.allow ? "allow" : "refuse";
}

/** Says again what it said then. What would be asked beyond the record is a failure, and so a difference. */
function recordedModel({ steps }: Pick<Scenario, "steps">): Model {
  let next = 0;
  return {
    complete() {
      const step = steps[next++];
      if (step === undefined)
        return Promise.resolve({ kind: "failed", because: "the recording ends here", usage: noUsage });
      const { text, calls, by } = step;
      return Promise.resolve({ kind: "completed", text, calls, usage: noUsage, by } satisfies Completion);
    },
  };
}

/** The agent's tools as declared, each bringing what it brought then; and stand-ins for those of servers that are not here. */
function toolsFor(scenario: Omit<Scenario, "expected">, declared: readonly Tool[]): Tool[] {
  const replayed = declared
    .filter(({ name }) => name !== "pass" || scenario.mayPass)
    .map((tool): Tool => ({ ...tool, run: (_input, { callId }) => bring(scenario, tool.name, callId) }));
  const asked = new Set(scenario.results.filter(({ kind }) => kind !== "unknown tool").map(({ tool }) => tool));
  const served = [...asked].filter((name) => SERVED.test(name) && !declared.some((tool) => tool.name === name));
  return [
    ...replayed,
    ...served.map((name) =>
      defineTool({
        name,
        description: "A tool of an MCP server, of which a scenario knows no more than its name.",
        input: z.looseObject({}),
        effects: "external",
        risk: "risky",
        source: "outside",
        parallel: false,
        run: (_input, { callId }) => bring(scenario, name, callId),
      }),
    ),
  ];
}

/** As tools of MCP servers are called. */
const SERVED = /^mcp__/;

function bring(
  { results }: Pick<Scenario, "results">,
  tool: string,
  callId: string,
): Promise<{ text: string } | { passed: string }> {
  // Another model has other ids: what the tool brought then is the best that is known.
  const kept = results.find(({ call }) => call === callId) ?? results.find((result) => result.tool === tool);
  if (kept === undefined) return Promise.reject(new Error("the record holds no result for this call"));
  const detail = kept.text.startsWith(`${kept.kind}: `) ? kept.text.slice(kept.kind.length + 2) : kept.text;
  if (kept.passed) return Promise.resolve({ passed: detail });
  if (kept.kind === "ok") return Promise.resolve({ text: detail });
  return Promise.reject(Object.assign(new Error(detail), { status: STATUS[kept.kind] }));
}

/** By which the engine tells these failures from others. */
const STATUS: Partial<Record<Scenario["results"][number]["kind"], number>> = {
  "skip this item": 404,
  "server down": 503,
};
