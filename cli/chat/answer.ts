/** How an answer is shown: alone on stdout for whoever asked once, or streaming for a person who talks. */
import type { ChatEnd, Listening } from "../../shared/agent/index.ts";
import type { Approver } from "../../shared/engine/index.ts";
import { type Answering, createTerminal, type Terminal } from "../../shared/transport/index.ts";
import type { Context } from "../context.ts";
import { CommandFailed } from "../failures.ts";
import { stopSignal } from "../stop-signal.ts";
import { createFlow } from "../terminal/flow.ts";
import { columnsOf, usd } from "../terminal/layout.ts";
import type { Progress } from "../terminal/progress.ts";

/** What makes an answer: something said, or a turn that goes on. */
export type Answers = (listening: Listening) => Promise<ChatEnd>;

/** One answer on stdout; what is beside it on stderr. Throws CommandFailed when there is none. */
export async function answerOnce(
  answers: Answers,
  { print, note, paint }: Context,
  { name, json, more = {} }: { name: string; json: boolean; more?: Record<string, unknown> },
): Promise<void> {
  const { signal, release } = stopSignal();
  const end = await answers({
    signal,
    onCall: (tool, args) => note(paint.soft(`· ${tool} ${args}`)),
    onProgress: (tool, text) => note(paint.soft(`  ${tool}: ${text}`)),
  }).finally(release);
  const problem = problemOf(end);
  if (problem !== undefined) throw new CommandFailed(`${name} did not answer: ${problem}`);
  const text = "text" in end ? end.text : "";
  const { by, steps, usage } = end;
  print(json ? JSON.stringify({ agent: name, answer: text, by, steps, usage, ...more }) : text);
}

export type Look = { name: string; width: number; progress: Progress };

/** The same with the agent's name before its answer, whole words in each line, and a sign of life until the first of them. */
export async function answerToPerson(
  answers: Answers,
  { signal, onText, onNote, more }: Answering & Pick<Listening, "more">,
  { name, width, progress }: Look,
): Promise<void> {
  const head = `${name} › `;
  const flow = createFlow({ width, from: columnsOf(head) });
  let begun = false;
  let waiting = true;
  const stopWaiting = () => {
    if (waiting) progress.clear();
    waiting = false;
  };
  progress.show(`${head}…`);
  await stream(answers, {
    signal,
    ...(more === undefined ? {} : { more }),
    onText(piece) {
      stopWaiting();
      onText((begun ? "" : head) + flow.take(piece));
      begun = true;
    },
    onNote(note) {
      stopWaiting();
      const rest = flow.end();
      if (rest !== "") onText(rest);
      onNote(note);
    },
  }).finally(stopWaiting);
  onText(`${flow.end()}\n`);
  onText("\n");
}

/** The answer as it comes, and what is beside it in lines of their own. */
export async function stream(
  answers: Answers,
  { signal, onText, onNote, more }: Answering & Pick<Listening, "more">,
): Promise<void> {
  const end = await answers({
    signal,
    onText,
    onRetracted: () => onText("\n"),
    onCall: (tool, args) => onNote(`· ${tool} ${args}`),
    onProgress: (tool, text) => onNote(`  ${tool}: ${text}`),
    onCompacted: ({ thread, entries, model }) =>
      onNote(
        `· ${entries} things said are told as a summary from now on, written by ${model ?? "rules"}; see \`kaos sessions show ${thread}\``,
      ),
    ...(more === undefined
      ? {}
      : {
          more: () => {
            const said = more();
            for (const one of said) onNote(`· heard: ${one}`);
            return said;
          },
        }),
  });
  const problem = problemOf(end);
  if (problem !== undefined) onNote(problem);
  else if (end.usage.costUsd > 0) onNote(`${end.by}, ${usd(end.usage.costUsd)}`);
}

/** Why there is no answer; undefined when there is one. */
function problemOf(end: ChatEnd): string | undefined {
  if (end.kind === "answered") return undefined;
  if (end.kind === "stopped") return end.text === "" ? end.because : undefined;
  return end.because;
}

/** A person at a terminal decides on risky calls right there. Anything but a yes is a no, and a line typed before it was asked is none. */
export function approverAt(terminal: Pick<Terminal, "print" | "read">, paint: Context["paint"]): Approver {
  return {
    async ask({ tool, call, because }) {
      terminal.print(`\n${paint.wait("?")} ${tool.name} ${call.arguments}\n  ${paint.soft(because)}`);
      const answer = await terminal.read("  Let it run, this once? [y/N] ", { fresh: true });
      if (isYes(answer)) return { kind: "granted", by: "you" };
      return { kind: "denied", because: "the person at the terminal said no" };
    },
  };
}

export function isYes(answer: string | undefined): boolean {
  return /^(y|yes|д|да|j|ja)$/iu.test(answer?.trim() ?? "");
}

/** Work with somebody to ask, where a person sits at the terminal. */
export async function withApprover<Result>(
  { paint }: Context,
  work: (approver: Approver | undefined) => Promise<Result>,
): Promise<Result> {
  if (process.stdin.isTTY !== true || process.stdout.isTTY !== true) return work(undefined);
  const terminal = createTerminal({ input: process.stdin, output: process.stdout });
  try {
    return await work(approverAt(terminal, paint));
  } finally {
    terminal.close();
  }
}
