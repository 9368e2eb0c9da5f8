/** What a person wants to begin with, whoever asked for it: the wizard or the flags of `kaos init`. */
import type { ProviderSettings } from "../../shared/llm/index.ts";
import type { Template } from "../templates/template.ts";

/** Who answers: the offline model, or a provider that has just answered. `set` is what to write into .env for it. */
export type Brain = { kind: "offline" } | { kind: "provider"; settings: ProviderSettings; set: Record<string, string> };

export type Wishes = {
  /** Undefined: the six, as they come. */
  own?: { agent: string; template: Template; role?: string; language?: string };
  /** Undefined: what .env says stays. */
  brain?: Brain;
  /** When and what, as `kaos jobs add` takes it. */
  job?: string;
  /** Whether the next step is a login to Telegram. */
  telegram: boolean;
};

/** The template with what the person said of their own agent put into it. */
export function asWished({ template, role, language }: NonNullable<Wishes["own"]>): Template {
  const voice = template.files["VOICE.md"];
  const speaks = `Speaks ${language} unless the person writes in another language.\n\n`;
  return {
    ...template,
    agent: { ...template.agent, ...(role === undefined ? {} : { role }) },
    files: {
      ...template.files,
      // Before the lines of the offline model, which are no part of what a real model reads as manner.
      "VOICE.md": language === undefined ? voice : voice.replace(/^## Lines$/m, `${speaks}## Lines`),
    },
  };
}
