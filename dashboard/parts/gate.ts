/** A gate as it stands: its name, the variable that opens it, and why it stands as it stands. */
import type { GateState } from "../../shared/security/index.ts";
import { type Html, html } from "../html.ts";
import { word } from "./word.ts";

/** One gate as a line of a list. An open one is what stands out. */
export function gateLine({ name, variable, openWhen, default: closed, opens, open, because }: GateState): Html {
  return html`
    <li>
      <b>${name}</b>${word(open ? "wait" : "off", open ? "open" : "closed")}
      <small>${open ? "Open" : "If it were open"}: ${opens}. It is ${open ? "open" : "closed"} because ${because}. <code>${variable}=${String(open ? closed : openWhen)}</code> in .env and <code>kaos restart</code> ${open ? "close" : "open"} it.</small>
    </li>`;
}
