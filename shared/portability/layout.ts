/** What an archive holds and under which name. A name that is none of these is refused, so none can lead out of its folder. */
import { movedKinds } from "../memory/index.ts";

export const MANIFEST = "manifest.json";
export const JOBS = "jobs.jsonl";
export const SHARED_FACTS = "shared/facts.jsonl";

/** Settings that people write into their home, by the field of `Home` that says where. */
export const settingsFiles = {
  automations: "settings/automations.json",
  mcp: "settings/mcp.json",
  servers: "settings/servers.json",
  policy: "settings/policy.yaml",
} as const;

export const personaFiles = ["agent.json", "IDENTITY.md", "VOICE.md", "DUTIES.md"] as const;

/** The names of one agent's files. */
export function namesOf(agent: string) {
  const folder = `agents/${agent}`;
  return {
    persona: `${folder}/persona`,
    memory: `${folder}/memory`,
    skills: `${folder}/skills`,
    /** Earlier versions of skills, for going back. */
    skillVersions: `${folder}/skill-versions`,
    skillsLock: `${folder}/skills.lock`,
  };
}

const AGENT = "[a-z][a-z0-9-]{1,30}";
const NAME_CHARACTERS_MAX = 400;
const fixed = new Set<string>([MANIFEST, JOBS, SHARED_FACTS, ...Object.values(settingsFiles)]);
const ofAgent = new RegExp(
  `^agents/${AGENT}/(?:persona/(?:${personaFiles.join("|").replaceAll(".", "\\.")})|memory/(?:${movedKinds.join("|")})\\.jsonl|skills\\.lock)$`,
);
/** Parts that begin with a dot are hidden or lead upwards; the others could mean something to some system. */
const ofSkill = new RegExp(
  `^agents/${AGENT}/(?:skills|skill-versions)(?:/[^\\p{Cc}\\\\/:.][^\\p{Cc}\\\\/:]*){2,}$`,
  "u",
);

export function isArchiveName(name: string): boolean {
  return name.length <= NAME_CHARACTERS_MAX && (fixed.has(name) || ofAgent.test(name) || ofSkill.test(name));
}
