/** `kaos chat`: one agent and one person, in this terminal; no swarm needed. */
import { text as readText } from "node:stream/consumers";
import type { Chat } from "../shared/agent/index.ts";
import { cut, oneLine, secret } from "../shared/base/index.ts";
import { converse, createTerminal, type Terminal } from "../shared/transport/index.ts";
import type { TurnRow } from "../shared/turns/index.ts";
import { answerOnce, answerToPerson, approverAt, type Look, stream } from "./chat/answer.ts";
import { type OpenedAgent, openAgent } from "./chat/open-agent.ts";
import { type Define, examples } from "./command.ts";
import type { Context } from "./context.ts";
import { WrongUsage } from "./failures.ts";
import { chooseNames, readRoster } from "./processes/choose.ts";
import { dayAndTime, widthOf, wrap } from "./terminal/layout.ts";
import { createProgress } from "./terminal/progress.ts";
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
      const question = piped ? await readText(process.stdin) : prompt;
      if (question?.trim() === "")
        throw new WrongUsage('There is nothing to ask. Write something after -p: `kaos chat -p "What time is it?"`.');
      await withLifetime(async (lifetime) => {
        const opened = await openAgent(here, name, lifetime);
        if (question === undefined) return talk(opened, here);
        const one = opened.chat(`prompt.${secret(6)}`);
        await answerOnce((listening) => one.say(question, listening), here, { name, json: json === true });
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

async function talk({ name, parts, turns, chat: chatOf }: OpenedAgent, { paint, print, note }: Context): Promise<void> {
  const terminal = createTerminal({ input: process.stdin, output: process.stdout });
  const one = chatOf(THREAD, terminal.interactive ? approverAt(terminal, paint) : undefined);
  const width = widthOf(process.stdout);
  const [model] = parts.models.describe().filter(({ tier }) => tier === "standard");
  if (terminal.interactive) {
    const offline = model === undefined || model.provider === "offline";
    print(
      wrap(`${paint.agent(name, paint.bold(name))}  ${offline ? OFFLINE : `${model.provider}/${model.model}`}`, {
        width,
      }),
    );
    print(paint.soft("/help lists what you can type, Ctrl-C stops an answer, Ctrl-D leaves. What you type while it"));
    print(paint.soft("thinks is heard at its next step.\n"));
  }
  const look = { name: paint.agent(name), width, progress: createProgress(process.stderr) };
  const interrupted = (await turns.unfinished()).filter(({ about }) => about["thread"] === THREAD);
  if (!terminal.interactive && interrupted.length > 0)
    note(`${interrupted.length} turns of this chat were interrupted: \`kaos turns ${name}\` lists them.`);
  const offered = terminal.interactive ? interrupted : [];
  await converse({
    terminal,
    prompt: paint.bold("you › "),
    soft: paint.soft,
    commands: [
      { name: "/tools", does: `what ${name} can do besides talking`, run: () => listTools(parts.tools(), paint.soft) },
    ],
    first: offered.map((turn) => ({
      question: questionAbout(turn, paint),
      yes: (answering) => answerToPerson((listening) => one.resume(turn.id, listening), answering, look),
      no: () => turns.end(turn.id, "stopped", "it was interrupted, and the person did not want it to go on"),
    })),
    say: (text, answering) => say(one, text, terminal, answering, look),
  });
}

function questionAbout({ about, id, startedAt }: TurnRow, paint: Context["paint"]): string {
  const said = cut(oneLine(String(about["text"] ?? id)), 60);
  return `${paint.wait("?")} Interrupted on ${dayAndTime(startedAt)}: "${said}". Go on with it? [Y/n] `;
}

/** Answers it; what is typed meanwhile, commands aside, is heard at the next step. */
async function say(
  one: Chat,
  text: string,
  terminal: Terminal,
  answering: Parameters<typeof stream>[1],
  look: Look,
): Promise<void> {
  if (!terminal.interactive) return stream((listening) => one.say(text, listening), answering);
  const more = () => terminal.typed((line) => !line.trim().startsWith("/")).filter((line) => line.trim() !== "");
  await answerToPerson((listening) => one.say(text, listening), { ...answering, more }, look);
}

const OFFLINE = "offline model: prepared lines, no thinking; set KAOS_STANDARD_CHAIN to get a real one";

function listTools(tools: readonly { name: string; description: string }[], soft: (text: string) => string): string {
  const shown = tools.filter(({ name }) => name !== "pass");
  const width = Math.max(...shown.map(({ name }) => name.length));
  const layout = { width: widthOf(process.stdout), indent: " ".repeat(width + 4) };
  return shown
    .map(({ name, description }) => wrap(soft(description), { ...layout, first: `  ${name.padEnd(width)}  ` }))
    .join("\n");
}
