/** Does what a person asked to be done later, with the authority of whoever asked and the policy of now. */
import { z } from "zod";
import { OperationalError } from "../../../base/index.ts";
import { note } from "../../context.ts";
import { turnOf } from "../../turn.ts";
import type { Chore } from "./chore.ts";

/** No answer came of it. */
class NotDone extends OperationalError {
  override readonly name = "NotDone";
}

const data = z.object({ text: z.string().min(1) });

export const followUp: Chore = async (speaking, { data: asked, key, sources }, signal) => {
  const { text } = data.parse(asked);
  const end = await turnOf(speaking, {
    about: { message: null, depth: 1, key, mayPass: true },
    purpose: "follow-up",
    entries: [
      note("Now", new Date(speaking.clock.now()).toISOString()),
      note("The time has come for what you were asked to do later. Do it and say what came of it:", ""),
      { role: "user", text },
    ],
    sources,
    signal,
  });
  switch (end.kind) {
    case "answered":
    case "stopped":
      if (end.text.trim() === "") throw new NotDone(end.kind === "stopped" ? end.because : "it gave no words");
      return { changed: true, summary: "done", severity: "urgent", items: [{ title: text, text: end.text }] };
    case "passed":
      return { changed: false, summary: end.because };
    case "waiting":
      return { waiting: end.approval };
    case "failed":
      throw new NotDone(end.because);
  }
};
