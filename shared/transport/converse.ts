/** A conversation at a terminal: a line is said, the answer streams, Ctrl-C stops it. */
import { messageOf, OperationalError } from "../base/index.ts";
import type { Terminal } from "./terminal.ts";

export type Answering = {
  signal: AbortSignal;
  /** The next piece of the answer. */
  onText(piece: string): void;
  /** Something beside the answer, in a line of its own: a tool that is asked, why there is no answer. */
  onNote(text: string): void;
};

export type ConversationCommand = { name: `/${string}`; does: string; run(): string };

/** Something that is asked before the conversation begins. Anything but a no is a yes. */
export type Opening = { question: string; yes(answering: Answering): Promise<void>; no(): Promise<void> };

type Deps = {
  terminal: Terminal;
  prompt: string;
  first?: readonly Opening[];
  /** Says it and resolves when the answer has ended, however it did. */
  say(text: string, answering: Answering): Promise<void>;
  /** Besides /help and /quit. */
  commands: readonly ConversationCommand[];
  /** How notes look. */
  soft(text: string): string;
};

/** Talks until the person leaves: /quit, Ctrl-D, or Ctrl-C twice. */
export async function converse({ terminal, prompt, first = [], say, commands, soft }: Deps): Promise<void> {
  const note = (text: string) => terminal.print(soft(text));
  let warned = false;
  const stopListening = terminal.onInterrupt(() => {
    if (warned) return terminal.close();
    warned = true;
    note("Ctrl-C once more leaves; so does /quit.");
  });
  try {
    for (const { question, yes, no } of first) {
      const line = await terminal.read(question, { fresh: true });
      if (line === undefined) return;
      if (/^(n|no|н|нет|nein)$/iu.test(line.trim())) await no();
      else await answer(yes);
    }
    while (true) {
      const line = await terminal.read(prompt);
      if (line === undefined) return;
      warned = false;
      const text = line.trim();
      if (text === "") continue;
      if (text === "/quit" || text === "/exit") return;
      if (text.startsWith("/")) terminal.print(runCommand(text));
      else await answer((answering) => say(text, answering));
    }
  } finally {
    stopListening();
    terminal.close();
  }

  async function answer(think: (answering: Answering) => Promise<void>): Promise<void> {
    const stopping = new AbortController();
    const stopListeningHere = terminal.onInterrupt(() => stopping.abort("Ctrl-C"));
    let midLine = false;
    const onText = (piece: string) => {
      terminal.write(piece);
      midLine = !piece.endsWith("\n");
    };
    const endLine = () => {
      if (midLine) terminal.write("\n");
      midLine = false;
    };
    const onNote = (said: string) => {
      endLine();
      note(said);
    };
    try {
      await think({ signal: stopping.signal, onText, onNote });
    } catch (error) {
      if (!(error instanceof OperationalError)) throw error;
      onNote(messageOf(error));
    } finally {
      endLine();
      stopListeningHere();
    }
  }

  function runCommand(typed: string): string {
    const [name] = typed.split(/\s/u);
    const command = commands.find((one) => one.name === name);
    if (command !== undefined) return command.run();
    const known = [
      ...commands,
      { name: "/help", does: "this list" },
      { name: "/quit", does: "leave; so do Ctrl-D and Ctrl-C twice" },
    ];
    const width = Math.max(...known.map((one) => one.name.length));
    const list = known.map((one) => `  ${one.name.padEnd(width)}  ${soft(one.does)}`).join("\n");
    return name === "/help" ? list : `There is no ${name}. There are:\n${list}`;
  }
}
