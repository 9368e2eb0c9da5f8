export { type Catalogue, catalogueOf, LINE_TOKENS_MAX } from "./catalogue.ts";
export { diffLines } from "./diff.ts";
export { type BadSkill, createSkillReader, type Skill, UnusableSkill } from "./folder.ts";
export { readFrontMatter } from "./front-matter.ts";
export { type Checked, createShelf, type Done, type Put, type Shelf } from "./install.ts";
export { acceptProposal, type Desk, replayProposal, skillTextOf } from "./learning/apply.ts";
export { createDesks, type DeskPlace, type Desks, rankByUse } from "./learning/desks.ts";
export { draftByRules, draftDutiesByRules } from "./learning/draft-by-rules.ts";
export {
  type Correction,
  type Episode,
  isSaid,
  plainCorrections,
  replayableOf,
} from "./learning/episode.ts";
export {
  type Evidence,
  type Learning,
  type NewProposal,
  openLearning,
  type Proposal,
  type ProposalState,
  type ProposalStory,
} from "./learning/learning.ts";
export type { SkillFigures } from "./learning/outcomes.ts";
export { hashOfPersona, readPersona } from "./learning/persona.ts";
export { isPersonaPart, PERSONA_FILES } from "./learning/persona-files.ts";
export { migrations as learningMigrations } from "./learning/schema.ts";
export {
  createSkills,
  type ListedSkill,
  type Loaded,
  type SkillState,
  type Skills,
  type SkillsPlace,
} from "./library.ts";
export { type Finding, readLock, type SkillsLock, writeLock } from "./lock.ts";
export { type Pack, readPacks } from "./packs.ts";
export { type SkillSign, scanSkill, skillSigns, type TextChecks } from "./scan.ts";
export {
  missesOf,
  type Replayable,
  type Replayed,
  type ReplayPrompt,
  readScenarios,
  type Scenario,
} from "./scenario.ts";
export { readSkillText } from "./skill.ts";
export {
  type Bundle,
  bundleOf,
  type FetchSkill,
  fetchBundle,
  parseSource,
  type Reach,
  type Source,
} from "./sources.ts";
