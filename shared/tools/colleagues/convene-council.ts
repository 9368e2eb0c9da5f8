/** Asks two to four colleagues for their positions, each without hearing the others; the convener answers once. */
import { z } from "zod";
import { stableId } from "../../base/index.ts";
import { defineTool, type Tool } from "../../engine/index.ts";
import { aboutOf, type Desk, type Errand, notColleagues, whenEnded } from "./errand.ts";

const QUESTION_CHARACTERS_MAX = 1_000;
const PARTICIPANTS_MIN = 2;
const PARTICIPANTS_MAX = 4;
/** Whoever has not spoken by then is left out. Less than what a tool call may take. */
const COUNCIL_MAX_MS = 90_000;

export function conveneCouncil(desk: Desk, errand: Errand): Tool {
  const { ledger, clock } = desk;
  return defineTool({
    name: "convene-council",
    description:
      "Put a hard question to two to four colleagues. Each gives its position without hearing the others; you read them all and answer the person once, naming where they disagree. Only for decisions with real stakes and several sides.",
    input: z.strictObject({
      question: z.string().trim().min(1).max(QUESTION_CHARACTERS_MAX).describe("the question, complete in itself"),
      participants: z
        .array(z.string().trim().min(1).max(60))
        .transform((names) => [...new Set(names)])
        .pipe(z.array(z.string()).min(PARTICIPANTS_MIN).max(PARTICIPANTS_MAX))
        .describe("names of two to four colleagues"),
    }),
    effects: "none",
    risk: "safe",
    source: "outside",
    parallel: false,
    run: async ({ question, participants }, { signal }) => {
      const wrong = notColleagues(errand, participants);
      if (wrong !== undefined) return { text: `No council: ${wrong}.` };
      const deadlineAt = clock.now() + COUNCIL_MAX_MS;
      const ids: number[] = [];
      for (const agent of participants) {
        const given = await ledger.assignments.give({
          key: `${errand.key}: position of ${agent} ${stableId("position", question)}`,
          kind: "position",
          agent,
          giver: errand.agent,
          ...aboutOf(errand),
          task: question,
          deadlineAt,
        });
        if (given.given) ids.push(given.assignment.id);
      }
      const positions = await whenEnded(desk, ids, deadlineAt, signal);
      const lines = positions.map(({ agent, state, result }) =>
        state === "done" && result !== null ? `${agent}: ${result}` : `${agent} gave no position in time.`,
      );
      return { text: lines.join("\n\n") };
    },
  });
}
