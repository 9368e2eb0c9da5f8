/** An agent's name and hue. The hue stands for the name only: it never carries a state. */
import { dice } from "../../shared/base/index.ts";
import { type Html, html } from "../html.ts";

const OWN_HUES = ["kronos", "nexus", "lacuna", "resonant", "keystone", "impulse"];

/** The class that gives an element this agent's hue. Agents that a person added share the six, each always the same. */
export function hueOf(agent: string): string {
  return OWN_HUES.includes(agent) ? agent : (OWN_HUES[Math.floor(dice("hue", agent) * OWN_HUES.length)] ?? "");
}

/** The name in its hue. */
export function who(agent: string): Html {
  return html`<span class="who ${hueOf(agent)}">${agent}</span>`;
}
