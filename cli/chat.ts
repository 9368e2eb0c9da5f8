/** `kaos chat`: one agent and one person, in this terminal; no swarm needed. */
import { assembleAgent } from "../agents/agent-process.ts";
import { type Chat, createChat, createPurse } from "../shared/agent/index.ts";
import { secret, silentLog } from "../shared/base/index.ts";
import type { Approver, TurnEnd } from "../shared/engine/index.ts";
import { openLedger } from "../shared/ledger/index.ts";
import { openMemory } from "../shared/memory/index.ts";
import { type Answering, converse, createTerminal, type Terminal } from "../shared/transport/index.ts";
import { type Define, examples } from "./command.ts";
import type { Context } from "./context.ts";
import { CommandFailed, WrongUsage } from "./failures.ts";
import { chooseNames, readRoster } from "./processes/choose.ts";
import { stopSignal } from "./stop-signal.ts";
import { createFlow } from "./terminal/flow.ts";
import { columnsOf, usd, widthOf, wrap } from "./terminal/layout.ts";
import { createProgress, type Progress } from "./terminal/progress.ts";
import { withLifetime } from "./with-lifetime.ts";

/** Who talks when nobody is named: the chief of staff. */
const AGENT_DEFAULT = "kronos";
/** The conversation that goes on from one `kaos chat` to the next. */
const THREAD = "terminal";

type Options = { agent?: string; prompt?: string; json?: boolean };

export const chat: Define = (command, context) => {
  command
    .option("-a, --agent <name>", `whom to talk to (default: ${AGENT_DEFAULT}, else the first there is)`)
    .option("-p, --prompt <text>", "ask this alone, print the answer, end; `-` reads it from stdin. A pipe is read too")
    .option("--json", "with -p or a pipe: print the answer and what it took as JSON")
    .action(async ({ agent, prompt, json }: Options) => {
      const piped = prompt === "-" || (prompt === undefined && process.stdin.isTTY !== true);
      if (json && prompt === undefined && !piped)
        throw new WrongUsage('--json goes with -p: `kaos chat -p "…" --json`.');
      const here = context();
      const name = chooseAgent(agent);
      const question = piped ? await readStdin() : prompt;
      if (question?.trim() === "")
        throw new WrongUsage('There is nothing to ask. Write something after -p: `kaos chat -p "What time is it?"`.');
      await withLifetime(async (lifetime) => {
        const ledger = await openLedger({ path: here.home.ledger, clock: here.clock, durability: here.env.SWARM_SYNC });
        lifetime.onClose(() => ledger.close());
        const parts = assembleAgent({
          ledger,
          name,
          env: here.env,
          raw: here.raw,
          home: here.home,
          clock: here.clock,
          log: silentLog,
          lifetime,
        });
        const memory = await openMemory({ path: here.home.agent(name).database, clock: here.clock });
        lifetime.onClose(() => memory.close());
        const purse = createPurse({ agent: name, models: parts.models, spend: ledger.spend, money: parts.money });
        const open = (thread: string, approver?: Approver) =>
          createChat({
            ...(approver === undefined ? {} : { approver }),
            ...parts,
            agent: name,
            model: purse("standard", { purpose: "chat", message: null, room: "" }),
            sessions: memory.sessions,
            thread,
            clock: here.clock,
          });
        const [model] = parts.models.describe().filter(({ tier }) => tier === "standard");
        if (question !== undefined)
          await ask(open(`prompt.${secret(6)}`), question, here, { name, json: json === true });
        else await talk((approver) => open(THREAD, approver), here, { name, model, tools: parts.tools() });
      });
    });
  examples(command, [
    ["kaos chat", "talk to kronos"],
    ["kaos chat --agent lacuna", "talk to lacuna"],
    ['kaos chat -p "What is 15 % of 80?"', "one question, one answer"],
  ]);
};

function chooseAgent(asked: string | undefined): string {
  const known = readRoster().agents.map(({ name }) => name);
  if (asked !== undefined) return chooseNames([asked], known)[0] ?? asked;
  return known.includes(AGENT_DEFAULT) ? AGENT_DEFAULT : (known[0] ?? AGENT_DEFAULT);
}

/** One answer on stdout; what is beside it on stderr. Throws CommandFailed when there is none. */
async function ask(
  one: Chat,
  question: string,
  { print, note, paint }: Context,
  { name, json }: { name: string; json: boolean },
): Promise<void> {
  const { signal, release } = stopSignal();
  const onCall = (tool: string, args: string) => note(paint.soft(`· ${tool} ${args}`));
  const end = await one.say(question, { signal, onCall }).finally(release);
  const problem = problemOf(end);
  if (problem !== undefined) throw new CommandFailed(`${name} did not answer: ${problem}`);
  const text = "text" in end ? end.text : "";
  print(json ? JSON.stringify({ agent: name, answer: text, by: end.by, steps: end.steps, usage: end.usage }) : text);
}

type Talking = {
  name: string;
  model: { provider: string; model: string } | undefined;
  tools: readonly { name: string; description: string }[];
};

async function talk(
  open: (approver?: Approver) => Chat,
  { paint, print }: Context,
  { name, model, tools }: Talking,
): Promise<void> {
  const terminal = createTerminal({ input: process.stdin, output: process.stdout });
  const one = open(terminal.interactive ? approverAt(terminal, paint) : undefined);
  const width = widthOf(process.stdout);
  if (terminal.interactive) {
    const offline = model === undefined || model.provider === "offline";
    print(
      wrap(`${paint.agent(name, paint.bold(name))}  ${offline ? OFFLINE : `${model.provider}/${model.model}`}`, {
        width,
      }),
    );
    print(paint.soft("/help lists what you can type, Ctrl-C stops an answer, Ctrl-D leaves.\n"));
  }
  const layout = { name: paint.agent(name), width, progress: createProgress(process.stderr) };
  await converse({
    terminal,
    prompt: paint.bold("you › "),
    soft: paint.soft,
    commands: [
      { name: "/tools", does: `what ${name} can do besides talking`, run: () => listTools(tools, paint.soft) },
    ],
    say: (text, answering) =>
      terminal.interactive ? sayToPerson(one, text, answering, layout) : say(one, text, answering),
  });
}

/** A person at a terminal decides on risky calls right there. Anything but a yes is a no. */
function approverAt(terminal: Terminal, paint: Context["paint"]): Approver {
  return {
    async ask({ tool, call, because }) {
      terminal.print(`\n${paint.wait("?")} ${tool.name} ${call.arguments}\n  ${paint.soft(because)}`);
      const answer = await terminal.read("  Let it run, this once? [y/N] ");
      if (/^(y|yes|д|да|j|ja)$/iu.test(answer?.trim() ?? "")) return { kind: "granted", by: "you" };
      return { kind: "denied", because: "the person at the terminal said no" };
    },
  };
}

/** The same with the agent's name before its answer, whole words in each line, and a sign of life until the first of them. */
async function sayToPerson(
  one: Chat,
  text: string,
  { signal, onText, onNote }: Answering,
  { name, width, progress }: { name: string; width: number; progress: Progress },
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
  await say(one, text, {
    signal,
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

const OFFLINE = "offline model: prepared lines, no thinking; set KAOS_STANDARD_CHAIN to get a real one";

async function say(one: Chat, text: string, { signal, onText, onNote }: Answering): Promise<void> {
  const end = await one.say(text, {
    signal,
    onText,
    onRetracted: () => onText("\n"),
    onCall: (tool, args) => onNote(`· ${tool} ${args}`),
  });
  const problem = problemOf(end);
  if (problem !== undefined) onNote(problem);
  else if (end.usage.costUsd > 0) onNote(`${end.by}, ${usd(end.usage.costUsd)}`);
}

/** Why there is no answer; undefined when there is one. */
function problemOf(end: TurnEnd): string | undefined {
  if (end.kind === "answered") return undefined;
  if (end.kind === "stopped") return end.text === "" ? end.because : undefined;
  return end.because;
}

function listTools(tools: Talking["tools"], soft: (text: string) => string): string {
  const shown = tools.filter(({ name }) => name !== "pass");
  const width = Math.max(...shown.map(({ name }) => name.length));
  const layout = { width: widthOf(process.stdout), indent: " ".repeat(width + 4) };
  return shown
    .map(({ name, description }) => wrap(soft(description), { ...layout, first: `  ${name.padEnd(width)}  ` }))
    .join("\n");
}

async function readStdin(): Promise<string> {
  let text = "";
  for await (const piece of process.stdin) text += String(piece);
  return text;
}
