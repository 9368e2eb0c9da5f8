/** What an agent does, as spans: a turn, and in it each model call and each tool call. Never their texts. */
import { AsyncLocalStorage } from "node:async_hooks";
import type { CallOutcome, GateDecision, Journal, Model, TurnEnd } from "../engine/index.ts";
import type { Attributes, Span, TelemetryOptions, Tracer } from "./tracer.ts";

/** Of a turn, without what it says. */
export type TurnAbout = { agent: string; id: string; purpose: string; message: number | null };

export type Telemetry = {
  /** Runs a turn; what it asks of models and tools meanwhile is told as part of it. */
  turn(about: TurnAbout, run: () => Promise<TurnEnd>): Promise<TurnEnd>;
  model(tier: "lite" | "standard", model: Model): Model;
  journal(journal: Journal): Journal;
  /** Sends what is left, for a moment. */
  close(): Promise<void>;
};

const SYSTEM = "kaos";

/** Wrappers that tell, or that leave everything as it is when there is no endpoint. */
export function createTelemetry(options: TelemetryOptions): Telemetry {
  if (options.endpoint === "") return silent;
  return telling({
    opening: undefined,
    open: async () => (await import("./otlp.ts")).openTracer(options),
    onFailure: options.onFailure,
  });
}

const silent: Telemetry = {
  turn: (_about, run) => run(),
  model: (_tier, model) => model,
  journal: (journal) => journal,
  close: async () => {},
};

type Opening = {
  opening: Promise<Tracer | undefined> | undefined;
  open(): Promise<Tracer>;
  onFailure(error: unknown): void;
};

function telling(deps: Opening): Telemetry {
  const current = new AsyncLocalStorage<Span>();
  /** Packages are loaded with the first span. */
  const tracer = (): Promise<Tracer | undefined> =>
    (deps.opening ??= deps.open().catch((error: unknown) => {
      deps.onFailure(error);
      return undefined;
    }));

  return {
    async turn({ agent, id, purpose, message }, run) {
      const span = (await tracer())?.start(
        `invoke_agent ${agent}`,
        "internal",
        {
          "gen_ai.operation.name": "invoke_agent",
          "gen_ai.provider.name": SYSTEM,
          "gen_ai.agent.name": agent,
          "kaos.turn": id,
          "kaos.purpose": purpose,
          "kaos.message": message ?? undefined,
        },
        current.getStore(),
      );
      if (span === undefined) return run();
      try {
        const end = await current.run(span, run);
        span.end({
          attributes: {
            ...usageOf(end.usage),
            "gen_ai.response.model": modelOf(end.by).model,
            "kaos.outcome": end.kind,
            "kaos.steps": end.steps,
          },
          ...(end.kind === "failed" ? { failed: "no_model_answered" } : {}),
        });
        return end;
      } catch (error) {
        span.end({ failed: nameOf(error) });
        throw error;
      }
    },
    model: (tier, model) => ({
      async complete(request, options) {
        const span = (await tracer())?.start(
          "chat",
          "client",
          {
            "gen_ai.operation.name": "chat",
            "gen_ai.request.max_tokens": request.tokensMax,
            "gen_ai.output.type": request.answer === undefined ? "text" : "json",
            "kaos.tier": tier,
            "kaos.tools": request.tools.length,
          },
          current.getStore(),
        );
        if (span === undefined) return model.complete(request, options);
        try {
          const completion = await model.complete(request, options);
          const by = completion.kind === "completed" ? modelOf(completion.by) : undefined;
          span.end({
            ...(by === undefined ? { failed: "no_model_answered" } : { name: `chat ${by.model}` }),
            attributes: {
              ...usageOf(completion.usage),
              "gen_ai.provider.name": by?.provider ?? SYSTEM,
              "gen_ai.request.model": by?.model,
              "gen_ai.response.model": by?.model,
              "kaos.calls": completion.kind === "completed" ? completion.calls.length : undefined,
            },
          });
          return completion;
        } catch (error) {
          span.end({ failed: nameOf(error) });
          throw error;
        }
      },
    }),
    journal(journal) {
      const open = new Map<string, Span>();
      return {
        async intent(call, tool, decision, context) {
          // A name that no tool has is the model's own text.
          const name = tool?.name ?? "unknown";
          const span = (await tracer())?.start(
            `execute_tool ${name}`,
            "internal",
            {
              "gen_ai.operation.name": "execute_tool",
              "gen_ai.tool.name": name,
              "gen_ai.tool.call.id": call.id,
              "gen_ai.tool.type": "function",
              "gen_ai.agent.name": context.agent,
              "kaos.effects": tool?.effects,
              "kaos.gate": verdictOf(decision),
            },
            current.getStore(),
          );
          try {
            await journal.intent(call, tool, decision, context);
            if (span !== undefined) open.set(context.effectKey + call.id, span);
          } catch (error) {
            span?.end({ failed: nameOf(error) });
            throw error;
          }
        },
        async outcome(call, outcome, context) {
          const key = context.effectKey + call.id;
          open.get(key)?.end(failureOf(outcome));
          open.delete(key);
          await journal.outcome(call, outcome, context);
        },
      };
    },
    async close() {
      await (await deps.opening)?.close();
    },
  };
}

function usageOf({ inputTokens, cachedTokens, outputTokens, costUsd }: TurnEnd["usage"]): Attributes {
  return {
    "gen_ai.usage.input_tokens": inputTokens,
    "gen_ai.usage.cache_read.input_tokens": cachedTokens,
    "gen_ai.usage.output_tokens": outputTokens,
    "kaos.cost_usd": costUsd,
  };
}

/** "deepseek/deepseek-flash" names who answered; "offline" is both. */
function modelOf(by: string | undefined): { provider: string; model: string | undefined } {
  const [provider = "", ...rest] = (by ?? "").split("/");
  return { provider, model: rest.length === 0 ? by : rest.join("/") };
}

function verdictOf({ allow }: GateDecision): string {
  return allow === true ? "allow" : allow === false ? "refuse" : "ask";
}

function failureOf({ kind }: CallOutcome): { attributes: Attributes; failed?: string } {
  const attributes = { "kaos.outcome": kind };
  return kind === "ok" || kind === "waiting" ? { attributes } : { attributes, failed: kind.replaceAll(" ", "_") };
}

/** An error's message may quote anything; its name is ours. */
function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : "error";
}
