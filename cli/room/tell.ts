/** How the room looks in a terminal. */
import type { Message } from "../../shared/ledger/index.ts";
import { clockTime, wrap } from "../terminal/layout.ts";
import type { Paint } from "../terminal/paint.ts";

/** A message: its number, who and when, and the text below. */
export function tellMessage(
  { seq, sender, text, saidAt, deletedAt }: Message,
  { paint, width }: { paint: Paint; width: number },
): string {
  const name = sender.kind === "agent" ? paint.agent(sender.name) : paint.bold(sender.name);
  const head = `${name}  ${paint.soft(`#${seq} · ${clockTime(saidAt)}${deletedAt === null ? "" : " · deleted"}`)}`;
  return `${head}\n${wrap(text, { width, indent: "  " })}`;
}
