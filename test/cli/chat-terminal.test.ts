/** `kaos chat` at a real terminal: what a person sees there, and that Ctrl-C, Ctrl-D and /quit do what they say. */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { programRoot } from "../../shared/config/index.ts";
import { delta, openAiServer, type ServerAnswer, saying } from "../doubles/openai-server.ts";
import { newHome } from "./kaos.ts";

/** `script` of util-linux gives a program a terminal of its own, and ends with the program's exit code. */
const hasTerminals = spawnSync("script", ["-qec", "exit 7", "/dev/null"], { stdio: "ignore" }).status === 7;
if (!hasTerminals) process.stderr.write("kaos chat at a terminal is not tested: there is no `script` of util-linux\n");

const KEYS = { enter: "\r", ctrlC: "\u0003", ctrlD: "\u0004" };

type Person = {
  /** Resolves when this stands on the screen, after all that was waited for before. */
  sees(text: string): Promise<void>;
  types(keys: string): void;
  /** The program's exit code. */
  left: Promise<number | null>;
};

/** Somebody sits down at a terminal and starts `kaos chat`. */
function sitDown(home: string, env: Record<string, string>): Person {
  const quoted = [process.execPath, join(programRoot(), "dist/cli/main.js"), "--home", home, "chat"]
    .map((word) => `'${word.replaceAll("'", "'\\''")}'`)
    .join(" ");
  const child = spawn("script", ["-qefc", quoted, "/dev/null"], {
    env: { PATH: process.env["PATH"] ?? "", HOME: home, TERM: "xterm", SHELL: "/bin/sh", KAOS_LITE_CHAIN: "", ...env },
  });
  onTestFinished(() => {
    child.kill("SIGKILL");
    for (const pid of programsOf(home)) process.kill(pid, "SIGKILL");
  });
  let screen = "";
  let seen = 0;
  let changed = () => {};
  let gone = false;
  child.stdout.setEncoding("utf8").on("data", (piece: string) => {
    screen += stripVTControlCharacters(piece);
    changed();
  });
  const left = once(child, "close").then(([code]) => {
    gone = true;
    changed();
    return code as number | null;
  });
  return {
    async sees(text) {
      for (let at = screen.indexOf(text, seen); ; at = screen.indexOf(text, seen)) {
        if (at !== -1) {
          seen = at + text.length;
          return;
        }
        if (gone) throw new Error(`it ended before "${text}" was seen:\n${screen}`);
        await new Promise<void>((resolve) => {
          changed = resolve;
        });
      }
    },
    types: (keys) => void child.stdin.write(keys),
    left,
  };
}

/** Processes that were started on this home. */
function programsOf(home: string): number[] {
  return readdirSync("/proc").flatMap((name) => {
    const pid = Number(name);
    if (!Number.isInteger(pid) || pid === process.pid) return [];
    try {
      return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(home) ? [pid] : [];
    } catch {
      return []; // It has ended meanwhile.
    }
  });
}

async function provider(...answers: ServerAnswer[]) {
  const server = await openAiServer(answers.map((answer) => ({ answer })));
  onTestFinished(() => server.close());
  const env = {
    KAOS_STANDARD_CHAIN: "acme",
    PROVIDER_ACME_BASE_URL: server.baseUrl,
    PROVIDER_ACME_API_KEY: "a-key-of-acme",
    PROVIDER_ACME_MODEL: "small",
  };
  return { server, env };
}

test.skipIf(!hasTerminals)(
  "the prompt comes, an answer streams, Ctrl-C stops it and not the chat, and /quit leaves nothing behind (needs script, of util-linux)",
  async () => {
    const home = newHome();
    const unfinished: ServerAnswer = { chunks: [delta({ content: "It was a dark " })], after: "silence" };
    const { server, env } = await provider(saying("Good evening to you."), unfinished, saying("Gladly."));
    const person = sitDown(home, env);
    await person.sees("acme/small");
    await person.sees("Ctrl-C stops an answer, Ctrl-D leaves");
    await person.sees("you ›");
    person.types(`hello${KEYS.enter}`);
    await person.sees("kronos › Good evening to you.");

    await person.sees("you ›");
    person.types(`tell me a story${KEYS.enter}`);
    // The provider has not ended: what is seen now was streamed.
    await person.sees("kronos › It was a dark");
    person.types(KEYS.ctrlC);
    await server.hungUp;
    await person.sees("stopped by Ctrl-C");

    await person.sees("you ›");
    person.types(`another one, please${KEYS.enter}`);
    await person.sees("kronos › Gladly.");
    await person.sees("you ›");
    person.types(`/quit${KEYS.enter}`);
    expect(await person.left).toBe(0);
    expect(programsOf(home)).toEqual([]);
  },
);

test.skipIf(!hasTerminals)(
  "Ctrl-C at the prompt says how to leave and leaves at the second; Ctrl-D leaves at once (needs script, of util-linux)",
  async () => {
    const home = newHome();
    for (const leaves of [[KEYS.ctrlC, KEYS.ctrlC], [KEYS.ctrlD]]) {
      const person = sitDown(home, { KAOS_STANDARD_CHAIN: "" });
      await person.sees("offline model");
      await person.sees("you ›");
      for (const [at, key] of leaves.entries()) {
        person.types(key);
        if (at < leaves.length - 1) await person.sees("Ctrl-C once more leaves");
      }
      expect(await person.left).toBe(0);
      expect(programsOf(home)).toEqual([]);
    }
  },
);
