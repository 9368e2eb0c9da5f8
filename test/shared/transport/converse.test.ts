/** A person at a terminal, played on real streams: what is typed is said, what is answered is shown, Ctrl-C means stop. */
import { PassThrough } from "node:stream";
import { describe, expect, onTestFinished, test } from "vitest";
import { type Answering, converse, createTerminal, type Opening } from "../../../shared/transport/index.ts";

type Say = (text: string, answering: Answering) => Promise<void>;

/** A conversation on a terminal that a test types into. */
function sitDown(say: Say, { isTTY = true, first = [] }: { isTTY?: boolean; first?: readonly Opening[] } = {}) {
  const input = Object.assign(new PassThrough(), { isTTY, setRawMode: () => input });
  const output = Object.assign(new PassThrough(), { isTTY, columns: 80 });
  let shown = "";
  const waiting: { text: string; resolve(): void }[] = [];
  output.on("data", (piece: Buffer) => {
    shown += piece.toString("utf8");
    for (const one of waiting.splice(0)) {
      if (shown.includes(one.text)) one.resolve();
      else waiting.push(one);
    }
  });
  onTestFinished(() => void input.end());
  const terminal = createTerminal({ input, output });
  const over = converse({
    terminal,
    prompt: "you › ",
    first,
    say,
    commands: [{ name: "/tools", does: "what it can do", run: () => "calculate" }],
    soft: (text) => `(${text})`,
  });
  return {
    over,
    terminal,
    type: (text: string) => void input.write(text),
    leave: () => void input.end(),
    shown: () => shown,
    /** Resolves as soon as this has been shown. */
    seen: (text: string) =>
      shown.includes(text) ? Promise.resolve() : new Promise<void>((resolve) => waiting.push({ text, resolve })),
  };
}

const CTRL_C = "\u0003";
const CTRL_D = "\u0004";

describe("a conversation", () => {
  test("says each line and shows its answer piece by piece", async () => {
    const said: string[] = [];
    const { over, type, seen, shown } = sitDown(async (text, { onText, onNote }) => {
      said.push(text);
      onNote("looks it up");
      onText("It is ");
      onText("noon.");
    });
    type("what time is it?\r");
    await seen("It is noon.\n");
    type("/quit\r");
    await over;
    expect(said).toEqual(["what time is it?"]);
    expect(shown()).toContain("(looks it up)\nIt is noon.\n");
  });

  test("Ctrl-C stops the answer and not the conversation", async () => {
    const { over, type, seen } = sitDown(async (text, { signal, onText, onNote }) => {
      if (text === "stop me") {
        onText("Once upon");
        await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
        onNote(`stopped by ${signal.reason}`);
      } else onText("Still here.");
    });
    type("stop me\r");
    await seen("Once upon");
    type(CTRL_C);
    await seen("Once upon\n(stopped by Ctrl-C)\n");
    type("and now?\r");
    await seen("Still here.");
    type(CTRL_D);
    await over;
  });

  test("Ctrl-C twice at the prompt leaves; once only says so", async () => {
    const { over, type, seen } = sitDown(async () => {});
    await seen("you › ");
    type(CTRL_C);
    await seen("(Ctrl-C once more leaves; so does /quit.)");
    type(CTRL_C);
    await over;
  });

  test("what is typed while an answer is written is said next, and is not shown in its midst", async () => {
    const said: string[] = [];
    let goOn = () => {};
    const { over, type, seen, shown } = sitDown(async (text, { onText }) => {
      said.push(text);
      onText("one ");
      if (said.length === 1) await new Promise<void>((resolve) => (goOn = resolve));
      onText("two");
    });
    type("first\r");
    await seen("one ");
    type("second\r");
    goOn();
    await seen("one two\n");
    type("/quit\r");
    await over;
    expect(said).toEqual(["first", "second"]);
    expect(shown()).toContain("one two\n");
  });

  test("what is typed while an answer is written may be heard in it, but never answers a question that came later", async () => {
    const heard: string[] = [];
    let allowed: string | undefined;
    const { over, terminal, type, seen, leave } = sitDown(async (text, { onText }) => {
      if (text === "y") return;
      onText("Let me see. ");
      while (heard.length === 0) {
        heard.push(...terminal.typed((line) => !line.startsWith("/")));
        await new Promise((resolve) => setImmediate(resolve));
      }
      allowed = await terminal.read("Let it run? ", { fresh: true });
    });
    type("deploy it\r");
    await seen("Let me see. ");
    type("to staging\r/tools\ry\r");
    await seen("Let it run? ");
    type("no\r");
    // What was typed ahead, from the command on, is read after the answer.
    await seen("calculate");
    leave();
    await over;
    expect(heard).toEqual(["to staging"]);
    expect(allowed).toBe("no");
  });

  test("begins with what was left open; anything but a no goes on with it", async () => {
    const done: string[] = [];
    const opening = (name: string): Opening => ({
      question: `${name}? `,
      yes: async ({ onText }) => {
        done.push(`yes ${name}`);
        onText("Going on.\n");
      },
      no: async () => void done.push(`no ${name}`),
    });
    const { over, type, seen } = sitDown(async () => {}, { first: ["one", "two", "three"].map(opening) });
    for (const [question, answer] of [
      ["one? ", ""],
      ["two? ", "n"],
      ["three? ", "yes"],
      ["you › ", "/quit"],
    ] as const) {
      await seen(question);
      type(`${answer}\r`);
    }
    await over;
    expect(done).toEqual(["yes one", "no two", "yes three"]);
  });

  test("knows its commands, and tells them when it does not know one", async () => {
    const { over, type, seen } = sitDown(async () => {
      throw new Error("a command is not said");
    });
    type("/tools\r/tolls\r");
    await seen("calculate\n");
    await seen("There is no /tolls. There are:\n  /tools  (what it can do)\n  /help ");
    type("/quit\r");
    await over;
  });

  test("shows no prompt to a pipe, and ends with it", async () => {
    const said: string[] = [];
    const { over, type, leave, shown } = sitDown(
      async (text, { onText }) => {
        said.push(text);
        onText("yes");
      },
      { isTTY: false },
    );
    type("one\n\n  two \n");
    leave();
    await over;
    expect(said).toEqual(["one", "two"]);
    expect(shown()).toBe("yes\nyes\n");
  });
});
