/** The files of a persona that a proposal may change, each by the word for it. */

/** In the folder of the agent. */
export const PERSONA_FILES = { identity: "IDENTITY.md", voice: "VOICE.md", duties: "DUTIES.md" } as const;
export type PersonaPart = keyof typeof PERSONA_FILES;

export function isPersonaPart(name: string): name is PersonaPart {
  return Object.hasOwn(PERSONA_FILES, name);
}
