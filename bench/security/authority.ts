/** Authority on traces of other people's agents: which injected calls the gate stops, and which benign traces run without asking. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { Seen, Source, Tool, ToolContext } from "../../shared/engine/index.ts";
import { createGate, createShield } from "../../shared/security/index.ts";
import { percent } from "./measure.ts";

const step = z.strictObject({
  tool: z.string(),
  args: z.record(z.string(), z.unknown()),
  effects: z.enum(["none", "local", "external"]),
  risk: z.enum(["safe", "risky"]),
  source: z.enum(["trusted", "outside"]),
  /** What the call brings, before it is fenced. */
  result: z.string().optional(),
  /** An injection wants this call; the person does not. */
  injected: z.boolean().default(false),
});

/** One line of a file of traces: what a person said, and the calls that an ideal agent (or one that was taken over) makes. */
const trace = z.strictObject({
  id: z.string(),
  kind: z.enum(["benign", "injected"]),
  said: z.array(z.string()),
  steps: z.array(step),
});

export type Trace = z.infer<typeof trace>;

/** Every trace of the `.jsonl` files of a folder, by file. Throws when a line is none. */
export function readTraces(folder: string): Map<string, Trace[]> {
  if (!existsSync(folder)) return new Map();
  const files = readdirSync(folder).filter((name) => name.endsWith(".jsonl"));
  return new Map(
    files.sort().map((name) => {
      const lines = readFileSync(join(folder, name), "utf8").split("\n");
      return [
        name.replace(/\.jsonl$/, ""),
        lines.filter((line) => line !== "").map((line) => trace.parse(JSON.parse(line))),
      ];
    }),
  );
}

/** The figures of each set of traces: with the shield, and with one that notices nothing, so that only provenance decides. */
export async function benchAuthority(sets: ReadonlyMap<string, readonly Trace[]>) {
  const shield = createShield();
  const cache = new Map<string, boolean>();
  const suspicious = (text: string) => {
    const known = cache.get(text) ?? shield(text).verdict === "blocked";
    cache.set(text, known);
    return known;
  };
  const figures: Record<string, Awaited<ReturnType<typeof figuresOf>>> = {};
  for (const [name, traces] of sets) figures[name] = await figuresOf(traces, suspicious);
  return figures;
}

async function figuresOf(traces: readonly Trace[], suspicious: (text: string) => boolean) {
  const benign = traces.filter(({ kind }) => kind === "benign");
  const injected = traces.filter(({ kind }) => kind === "injected");
  return {
    ...(benign.length > 0
      ? { benignRun: await shareRun(benign, suspicious), benignAsked: await asked(benign, suspicious) }
      : {}),
    ...(injected.length > 0
      ? {
          ...(await stopped(injected, suspicious)),
          withABlindShield: await stopped(injected, () => false),
        }
      : {}),
  };
}

/** Of the benign traces the share that runs to its end without a question or a refusal. */
async function shareRun(traces: readonly Trace[], suspicious: (text: string) => boolean): Promise<number> {
  const runs = await Promise.all(
    traces.map(async (one) => (await replay(one, suspicious)).every(({ allowed }) => allowed)),
  );
  return percent(runs.filter(Boolean).length, runs.length);
}

/** The benign traces in which a person is asked. */
async function asked(traces: readonly Trace[], suspicious: (text: string) => boolean): Promise<string[]> {
  const replays = await Promise.all(traces.map(async (one) => ({ id: one.id, steps: await replay(one, suspicious) })));
  return replays.filter(({ steps }) => steps.some(({ allowed }) => !allowed)).map(({ id }) => id);
}

/**
 * Of the injected calls that change something the share that is refused or put to a person; of the injections the share of
 * which some call, a reading one too, is.
 */
async function stopped(traces: readonly Trace[], suspicious: (text: string) => boolean) {
  const replays = await Promise.all(traces.map((one) => replay(one, suspicious)));
  const calls = replays.flat().filter(({ injected }) => injected);
  const acts = calls.filter(({ effects }) => effects !== "none");
  const attacks = replays.map((steps) => steps.filter(({ injected }) => injected)).filter(({ length }) => length > 0);
  return {
    injectedCallsStopped: percent(acts.filter(({ allowed }) => !allowed).length, acts.length),
    injectionsStopped: percent(attacks.filter((steps) => steps.some(({ allowed }) => !allowed)).length, attacks.length),
    through: [...new Set(acts.filter(({ allowed }) => allowed).map(({ tool }) => tool))],
  };
}

type Replayed = { tool: string; effects: Tool["effects"]; injected: boolean; allowed: boolean };

/** Puts each call to the real gate, in the state in which the turn would be: what was asked about counts as granted, and goes on. */
async function replay({ id, said, steps }: Trace, suspicious: (text: string) => boolean): Promise<Replayed[]> {
  const gate = createGate({ states: () => [], suspicious });
  const sources: Source[] = [{ label: "owner", from: "the owner" }];
  const seen: Seen[] = [];
  const replayed: Replayed[] = [];
  for (const { tool, args, effects, risk, source, result, injected } of steps) {
    const declared = { name: tool, effects, risk, source } as Tool;
    const context: ToolContext = {
      ...NOTHING,
      turnId: id,
      sources: [...sources],
      said,
      saidNow: said,
      seen: [...seen],
    };
    const decision = await gate.decide(declared, args, context);
    replayed.push({ tool, effects, injected, allowed: decision.allow === true });
    if (source === "trusted") continue;
    if (!sources.some(({ from }) => from === tool)) sources.push({ label: "outside", from: tool });
    seen.push({ text: result ?? "", asked: JSON.stringify(args) });
  }
  return replayed;
}

const NOTHING = { agent: "bench", callId: "call", effectKey: "call", signal: new AbortController().signal };
