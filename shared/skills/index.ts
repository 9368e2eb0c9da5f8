export { type Catalogue, LINE_TOKENS_MAX } from "./catalogue.ts";
export { type BadSkill, type Skill, UnusableSkill } from "./folder.ts";
export { type Checked, createShelf, type Done, type Put, type Shelf } from "./install.ts";
export { acceptProposal, type Desk, replayProposal } from "./learning/apply.ts";
export {
  type Evidence,
  type Learning,
  type NewProposal,
  type OutcomeKind,
  openLearning,
  type Proposal,
  type ProposalState,
  type ProposalStory,
  type SkillFigures,
} from "./learning/learning.ts";
export {
  createSkills,
  type ListedSkill,
  type Loaded,
  type SkillState,
  type Skills,
  type SkillsPlace,
} from "./library.ts";
export type { Finding } from "./lock.ts";
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
