/** `kaos turns` and `kaos chat` around a process that is killed in the middle of a turn, on real files and a loopback provider. */
import { once } from "node:events";
import { expect, onTestFinished, test } from "vitest";
import { calling, openAiServer, type ServerAnswer, saying } from "../doubles/openai-server.ts";
import { kaos, newHome, startKaos } from "./kaos.ts";

const silence: ServerAnswer = { chunks: [], after: "silence" };
const count = calling("c1", "calculate", '{"expression":"12*7"}');

/** A provider that plays these answers, and the settings that lead to it. */
async function provider(...answers: ServerAnswer[]) {
  const server = await openAiServer(answers.map((answer) => ({ answer })));
  const env = {
    KAOS_STANDARD_CHAIN: "acme",
    PROVIDER_ACME_BASE_URL: server.baseUrl,
    PROVIDER_ACME_API_KEY: "a-key-of-acme",
    PROVIDER_ACME_MODEL: "small",
  };
  return { server, env };
}

/** Kills `kaos chat -p` with SIGKILL while it waits for its second completion; tells the id of its turn. */
async function interrupted(home: string): Promise<string> {
  const { server, env } = await provider(count, silence);
  const child = startKaos(home, ["chat", "-p", "what is 12*7?"], { env });
  const exit = once(child, "exit");
  await server.arrived(2);
  child.kill("SIGKILL");
  await exit;
  await server.close();
  const { stdout } = await kaos(home, ["turns", "list", "--json"]);
  const [turn] = JSON.parse(stdout) as { id: string; state: string }[];
  expect(turn?.state).toBe("running");
  return turn?.id ?? "";
}

test("a turn killed with kill -9 is resumed where it stood, and its tool does not run again", async () => {
  const home = newHome();
  const id = await interrupted(home);
  const { server, env } = await provider(saying("It is 84."));
  onTestFinished(() => server.close());
  const resumed = await kaos(home, ["turns", "resume", id], { env });
  expect(resumed).toMatchObject({ stdout: "It is 84.\n", code: 0 });
  const messages = server.requests[0]?.body["messages"] as { role: string; content: string }[];
  expect(messages.at(-1)).toMatchObject({ role: "tool", content: "12*7 = 84" });

  const again = await kaos(home, ["turns", "resume", "kronos", id], { env });
  expect(again).toMatchObject({ stdout: "", code: 1 });
  expect(again.stderr).toMatch(/^✗ The turn ".+" has ended: answered\. `kaos turns fork kronos ".+" --at <step>`/);
  const shown = JSON.parse((await kaos(home, ["turns", "show", id, "--json"])).stdout) as { lives: number };
  expect(shown.lives).toBe(2);
});

test("a fork shares the record up to a step and goes on from what is said there", async () => {
  const home = newHome();
  const id = await interrupted(home);
  const { server, env } = await provider(saying("Eighty-four."));
  onTestFinished(() => server.close());
  const forked = await kaos(home, ["turns", "fork", id, "--at", "1", "-p", "in words", "--json"], { env });
  expect(forked.code).toBe(0);
  expect(JSON.parse(forked.stdout)).toMatchObject({ answer: "Eighty-four.", forkedFrom: id, at: 1, steps: 2 });
  const messages = server.requests[0]?.body["messages"] as { content: string }[];
  expect(messages.slice(-2).map(({ content }) => content)).toEqual(["12*7 = 84", "in words"]);

  const { turn } = JSON.parse(forked.stdout) as { turn: string };
  expect((await kaos(home, ["turns", "show", turn])).stdout).toContain(`shares steps 1 to 1 of "${id}"`);
  expect((await kaos(home, ["turns", "fork", id, "--at", "9"], { env })).stderr).toMatch(
    /^✗ The turn ".+" cannot be forked at step 9: it has the steps 1 to 1, and 0 is its beginning\.\n$/,
  );
});

test("what cannot be meant is said in a sentence", async () => {
  const home = newHome();
  for (const [words, code, says] of [
    [["resume", "nothing"], 1, /^✗ Nobody has a turn "nothing"\. `kaos turns list` lists the newest\.\n$/],
    [["show", "kronos", "nothing"], 1, /^✗ kronos has no turn "nothing"\. `kaos turns list kronos`/],
    [["resume", "nobody", "x"], 2, /^✗ There is no agent "nobody"/],
    [["fork", "x"], 2, /--at/],
    [["fork", "x", "--at", "-1"], 2, /--at/],
  ] as const) {
    const { stdout, stderr, code: ended } = await kaos(home, ["turns", ...words]);
    expect({ words, stdout, ended }).toEqual({ words, stdout: "", ended: code });
    expect(stderr).toMatch(says);
  }
});
