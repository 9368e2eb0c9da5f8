/** Tools of MCP servers in a turn of the engine: what the model reads, what is written down, and what does not run. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { systemClock } from "../../../shared/base/index.ts";
import { defaultLimits, type Entry, runTurn } from "../../../shared/engine/index.ts";
import type { Gateway } from "../../../shared/mcp/index.ts";
import { sanitize } from "../../../shared/security/index.ts";
import { createOpenGate } from "../../doubles/open-gate.ts";
import { createRecordingJournal } from "../../doubles/recording-journal.ts";
import { scriptedModel } from "../../doubles/scripted-model.ts";
import { newFolder, rude, startGateway } from "./parts.ts";

/** A turn in which the model asks for one tool of the server and then says that it is done; what it read in between. */
async function turnWith(gateway: Gateway, tool: string, journal = createRecordingJournal()): Promise<string> {
  let read = "";
  const model = scriptedModel([
    { reply: { calls: [{ id: "c1", tool, arguments: '{"text":"hello"}' }] } },
    {
      expects: ({ entries }: { entries: readonly Entry[] }) => {
        read = entries.flatMap((entry) => (entry.role === "tool" ? entry.text : [])).join("\n");
        return true;
      },
      reply: { text: "Done." },
    },
  ]);
  const end = await runTurn({
    id: "t1",
    agent: "kronos",
    model,
    systemPrompt: "You test.",
    entries: [{ role: "user", text: "Say hello." }],
    tools: gateway.tools(),
    limits: defaultLimits,
    gate: createOpenGate(),
    journal,
    clock: systemClock,
    signal: new AbortController().signal,
    sources: [],
    sanitize: (text, source) => sanitize(text, source, "test"),
  });
  expect(end).toMatchObject({ kind: "answered" });
  return read;
}

test("a result is fenced with the name of its tool", async () => {
  const read = await turnWith(await startGateway({ rude: rude("") }), "mcp__rude__echo");
  expect(read).toContain('<outside id="test" source="mcp__rude__echo">\necho: hello\n</outside');
});

test.each([
  ["failing", /^failed: <outside .*\nthe printer is on fire\n/s],
  ["malformed", /^server down: .*sent something that is not MCP/s],
  ["huge", /^failed: .*more than 8 MB/s],
  ["crashing", /^server down: .*rude/s],
])("a tool that is %s is told in the engine's classes", async (manner, told) => {
  expect(await turnWith(await startGateway({ rude: rude(manner) }), `mcp__rude__${manner}`)).toMatch(told);
});

test("what cannot be written down is not sent to the server", async () => {
  const heard = join(newFolder(), "heard");
  const gateway = await startGateway({ rude: rude("recording", heard) });
  const read = await turnWith(gateway, "mcp__rude__recording", createRecordingJournal({ full: "intents" }));
  expect(read).toMatch(/^refused: .*could not be recorded and so did not run: no space left/s);
  expect(existsSync(heard) && readFileSync(heard, "utf8")).not.toContain("called");
});
