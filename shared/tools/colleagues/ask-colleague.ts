/** Asks one colleague what it knows, and waits for the answer. Nobody in the chat sees it. */
import { z } from "zod";
import { stableId } from "../../base/index.ts";
import { defineTool, type Tool } from "../../engine/index.ts";
import { aboutOf, type Desk, type Errand, notColleagues, whenEnded } from "./errand.ts";

const QUESTION_CHARACTERS_MAX = 500;
/** Less than what a tool call may take, so that the answer is a sentence and not a timeout. */
const ASK_MAX_MS = 60_000;

export function askColleague(desk: Desk, errand: Errand): Tool {
  const { ledger, clock } = desk;
  return defineTool({
    name: "ask-colleague",
    description:
      "Ask one colleague what it knows or remembers about something, and read its answer. The chat does not see it. What it remembers of private talks it does not tell.",
    input: z.strictObject({
      colleague: z.string().trim().min(1).max(60).describe("the colleague's name"),
      question: z.string().trim().min(1).max(QUESTION_CHARACTERS_MAX).describe("one question, complete in itself"),
    }),
    effects: "none",
    risk: "safe",
    source: "outside",
    parallel: true,
    run: async ({ colleague, question }, { signal }) => {
      const wrong = notColleagues(errand, [colleague]);
      if (wrong !== undefined) return { text: `Not asked: ${wrong}.` };
      const deadlineAt = clock.now() + ASK_MAX_MS;
      const given = await ledger.assignments.give({
        key: `${errand.key}: question to ${colleague} ${stableId("question", question)}`,
        kind: "question",
        agent: colleague,
        giver: errand.agent,
        ...aboutOf(errand),
        task: question,
        deadlineAt,
      });
      if (!given.given) return { text: `Not asked: ${given.because}.` };
      const [answer] = await whenEnded(desk, [given.assignment.id], deadlineAt, signal);
      if (answer?.state === "done" && answer.result !== null) return { text: `${colleague}: ${answer.result}` };
      return { text: `${colleague} did not answer within ${ASK_MAX_MS / 1_000} s.` };
    },
  });
}
