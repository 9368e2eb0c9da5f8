/** `kaos chat` as a person starts it, on a home that nobody else has. */
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { beforeEach, describe, expect, test } from "vitest";
import { homeAt } from "../../shared/config/index.ts";
import { kaos, kaosAlone, newHome, type Options, startKaos } from "./kaos.ts";

let folder: string;
beforeEach(() => {
  folder = newHome();
});

/** A provider that nobody listens for: port 9 is one that no HTTP client connects to. */
const NOBODY = {
  KAOS_STANDARD_CHAIN: "nobody",
  PROVIDER_NOBODY_BASE_URL: "http://127.0.0.1:9/v1",
  PROVIDER_NOBODY_MODEL: "none",
};

const chat = (words: readonly string[], options: Options = {}) => kaos(folder, ["chat", ...words], options);

const auditOf = (agent: string) =>
  readFileSync(homeAt(folder).agent(agent).audit, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe("kaos chat", () => {
  test("prints the answer alone, and the tool that found it is in the audit", async () => {
    const { stdout, stderr, code } = await kaosAlone(folder, ["chat", "-p", "what is 12*7"]);
    expect(stdout).toMatch(/^[^\n]*\b84\b[^\n]*\n$/);
    expect(stderr).toBe('· calculate {"expression":"12*7"}\n');
    expect(code).toBe(0);
    expect(auditOf("kronos")).toMatchObject([
      { event: "tool_call", agent: "kronos", tool: "calculate", arguments: { expression: "12*7" } },
      { event: "tool_result", agent: "kronos", tool: "calculate", class: "ok", result: "12*7 = 84" },
    ]);
  });

  test("answers in the persona of whom is asked", async () => {
    const [kronos, lacuna] = [await chat(["-p", "who are you?"]), await chat(["-a", "lacuna", "-p", "who are you?"])];
    expect([kronos.code, lacuna.code]).toEqual([0, 0]);
    expect(kronos.stdout.trim()).not.toBe("");
    expect(lacuna.stdout).not.toBe(kronos.stdout);
  });

  test("takes what is piped into it as one question, and gives the answer as JSON when asked to", async () => {
    const { stdout, code } = await chat(["--json"], { input: "what is\n12*7\n" });
    expect(JSON.parse(stdout)).toMatchObject({ agent: "kronos", answer: expect.any(String), by: "offline" });
    expect(code).toBe(0);
  });

  test("has nothing on stdout and ends with 1 when no model answers, also to a pipe", async () => {
    for (const [words, input] of [
      [["-p", "hello"], ""],
      [[], "hello"],
    ] as const) {
      const { stdout, stderr, code } = await chat(words, { input, env: NOBODY });
      expect(stdout).toBe("");
      expect(stderr).toMatch(/^✗ kronos did not answer: .+\n$/);
      expect(code).toBe(1);
    }
  });

  test("is refused with a sentence while another chat of the same agent goes on, and only so long", async () => {
    const first = startKaos(folder, ["chat", "-p", "what is 12*7"]);
    const ended = once(first, "exit");
    // It asks a tool, so it has the agent; stopped there, it keeps it for as long as this takes.
    await once(first.stderr, "data");
    first.kill("SIGSTOP");
    const refused = await chat(["-p", "hello"]);
    expect(refused).toMatchObject({ stdout: "", code: 1 });
    expect(refused.stderr).toMatch(/^✗ kronos runs already in .+ `kaos status`.+\n$/);
    expect((await chat(["-a", "nexus", "-p", "hello"])).code).toBe(0);

    first.kill("SIGKILL");
    await ended;
    expect((await chat(["-p", "hello"])).code).toBe(0);
  });

  test("says what is wrong with an empty question and an unknown agent", async () => {
    expect(await chat([], { input: " \n" })).toMatchObject({ stdout: "", code: 2 });
    expect(await chat(["-a", "nobody", "-p", "hello"])).toMatchObject({ stdout: "", code: 2 });
  });
});
