/** `POST /v1/chat/completions`: a program says something to an agent, or to all, and gets the answer from the ledger. */
import { once } from "node:events";
import type { Request, RequestHandler, Response } from "express";
import { type Clock, isAbort, type Log } from "../../shared/base/index.ts";
import type { ApiKey } from "../../shared/config/index.ts";
import type { AgentRow, Ledger } from "../../shared/ledger/index.ts";
import { follow } from "./answer.ts";
import { type Asked, readAsked } from "./asked.ts";
import { chunkOf, completionOf, usageChunkOf, usageOf } from "./completion.ts";
import { SWARM, say } from "./conversation.ts";
import { type Door, opens } from "./door.ts";
import { ApiFailure, bodyOf, failureOf } from "./failure.ts";

/** A stream without news says so this often, so that nothing between takes it for dead. */
const SIGN_OF_LIFE_MS = 10_000;
/** A program that takes nothing for this long is let go. */
const STUCK_MS = 30_000;

type ChatDeps = { ledger: Ledger; clock: Clock; log: Log; door: Door };

/** Answers one request, in pieces or whole. The swarm goes on when the program leaves. */
export function chat({ ledger, clock, log, door }: ChatDeps): RequestHandler {
  return async (request, response) => {
    const key = door.enter(request);
    const asked = readAsked(request.body);
    const agents = whoAnswers(await ledger.agents.roster(), key, asked);
    const end = door.begin(key);
    const left = new AbortController();
    response.on("close", () => left.abort());
    try {
      const seq = await say(ledger, clock, { key, asked, once: onceOf(request, key) });
      const about = { seq, model: asked.model, at: clock.now() };
      const pieces = follow(ledger, clock, { seq, agents, named: asked.model === SWARM, signal: left.signal });
      if (asked.stream) await stream(response, about, asked, pieces, left.signal);
      else {
        let content = "";
        for await (const piece of pieces) content += piece;
        response.json(completionOf(about, content, await usageOf(ledger, seq)));
      }
    } catch (error) {
      if (!isAbort(error) || !left.signal.aborted) throw error;
    } finally {
      end();
    }
  };

  async function stream(
    response: Response,
    about: { seq: number; model: string; at: number },
    asked: Asked,
    pieces: AsyncIterable<string>,
    signal: AbortSignal,
  ): Promise<void> {
    response.set({
      "Content-Type": "text/event-stream; charset=utf-8",
      "Cache-Control": "no-store",
      "X-Accel-Buffering": "no",
    });
    response.flushHeaders();
    const write = (text: string) => writeAll(response, text, signal);
    const event = (data: object) => write(`data: ${JSON.stringify(data)}\n\n`);
    const alive = setInterval(() => response.write(": thinking\n\n"), SIGN_OF_LIFE_MS);
    try {
      await event(chunkOf(about, ""));
      for await (const piece of pieces) await event(chunkOf(about, piece));
      await event(chunkOf(about, undefined));
      if (asked.usage) await event(usageChunkOf(about, await usageOf(ledger, about.seq)));
      await write("data: [DONE]\n\n");
    } catch (error) {
      if (isAbort(error)) return;
      const failure = failureOf(error);
      if (failure === undefined) log.error("request failed", { path: "/v1/chat/completions", error });
      // The headers are out: clients read an error from the stream itself.
      await event(
        bodyOf(failure ?? new ApiFailure(503, "internal_error", "The control room met a mistake of its own.")),
      );
    } finally {
      clearInterval(alive);
      response.end();
    }
  }
}

/** `GET /v1/models`: what this key may ask. */
export function models({ ledger, door }: Pick<ChatDeps, "ledger" | "door">): RequestHandler {
  return async (request, response) => {
    const key = door.enter(request);
    const roster = await ledger.agents.roster();
    const all = [SWARM, ...roster.map(({ name }) => name)].filter((name) => opens(key, name));
    const created = (name: string) => Math.floor((roster.find((agent) => agent.name === name)?.firstAt ?? 0) / 1_000);
    const data = all.map((id) => ({ id, object: "model", created: created(id), owned_by: "kaos" }));
    const wanted = request.params["model"];
    if (wanted === undefined) return void response.json({ object: "list", data });
    const found = data.find(({ id }) => id === wanted);
    if (found === undefined) throw noModel(String(wanted), all);
    response.json(found);
  };
}

/** The agents whose answers are the answer. Throws an ApiFailure when nobody can give one. */
function whoAnswers(roster: readonly AgentRow[], key: ApiKey, { model }: Asked): string[] {
  const all = [SWARM, ...roster.map(({ name }) => name)];
  if (!all.includes(model))
    throw noModel(
      model,
      all.filter((name) => opens(key, name)),
    );
  if (!opens(key, model))
    throw new ApiFailure(403, "out_of_scope", `The key "${key.name}" does not open "${model}".`, { param: "model" });
  const asked = model === SWARM ? roster : roster.filter(({ name }) => name === model);
  const alive = asked.filter((agent) => agent.alive).map(({ name }) => name);
  if (alive.length > 0) return alive;
  const who = model === SWARM ? "No agent" : `The agent ${model}`;
  throw new ApiFailure(503, "agent_down", `${who} is ${model === SWARM ? "" : "not "}running. Start with \`kaos up\`.`);
}

function noModel(asked: string, known: readonly string[]): ApiFailure {
  const list = known.length === 0 ? "none, since no agent has come up yet" : known.join(", ");
  return new ApiFailure(404, "model_not_found", `There is no model "${asked.slice(0, 60)}". Known are ${list}.`, {
    param: "model",
  });
}

/** A request that a program repeats under the same key of its own is one request. */
function onceOf(request: Request, key: ApiKey): string | undefined {
  const given = request.headers["idempotency-key"];
  return typeof given === "string" && given !== "" ? `${key.name} ${given}` : undefined;
}

async function writeAll(response: Response, text: string, signal: AbortSignal): Promise<void> {
  if (response.write(text)) return;
  await once(response, "drain", { signal: AbortSignal.any([signal, AbortSignal.timeout(STUCK_MS)]) });
}
