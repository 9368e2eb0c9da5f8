/** A recorded turn becomes a scenario: redacted, and without anything that is only true of this machine. */
import type { Redact } from "../security/index.ts";
import type { TurnRow, Turns } from "../turns/index.ts";
import type { Scenario } from "./scenario.ts";

type Recorded = { agent: string; turn: TurnRow; story: Awaited<ReturnType<Turns["story"]>> };

/** Everything but `expected`, which playing it brings. `redact` takes secrets out of texts, arguments and results. */
export function captureTurn({ agent, turn, story }: Recorded, redact: Redact): Omit<Scenario, "expected"> {
  const kept: Omit<Scenario, "expected" | "name" | "version" | "agent"> = {
    mayPass: turn.about["mayPass"] === true,
    entries: turn.entries.map(copyOf),
    sources: turn.sources.map(({ label, from }) => ({ label, from })),
    steps: story.map(({ steered, completion: { text, calls, by } }) => ({
      steered: steered.map(copyOf),
      text,
      calls: calls.map(({ id, tool, arguments: asked }) => ({ id, tool, arguments: asked })),
      by,
    })),
    results: story.flatMap(({ calls }) =>
      calls.flatMap(({ call, tool, outcome, passed }) =>
        outcome === undefined ? [] : [{ call, tool, kind: outcome.kind, text: outcome.text, passed }],
      ),
    ),
    // The user entry of work that no person began is a task.
    ...(turn.about["message"] === null ? { said: [] } : {}),
  };
  return { version: 1, name: nameOf(agent, turn.id), agent, ...(redact(kept) as typeof kept) };
}

function copyOf(entry: TurnRow["entries"][number]): Scenario["entries"][number] {
  if (entry.role !== "assistant") return entry;
  return {
    role: "assistant",
    text: entry.text,
    calls: entry.calls.map(({ id, tool, arguments: asked }) => ({ id, tool, arguments: asked })),
  };
}

/** As a file may be called. */
function nameOf(agent: string, id: string): string {
  const plain = id
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-|-$/g, "");
  return `${agent}-${plain}`;
}
