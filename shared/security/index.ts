export { isPublic } from "./addresses.ts";
export { type Authority, authorityOf } from "./authority.ts";
export type { Censored, Finding } from "./censor.ts";
export { covers } from "./covers.ts";
export type { Detector } from "./detector.ts";
export { CENSORED } from "./detector.ts";
export { detectors } from "./detectors/index.ts";
export { createEgress, type Egress, type Fetched } from "./egress.ts";
export { fold } from "./fold.ts";
export {
  createGate,
  type GateInfo,
  type GateName,
  type GateOptions,
  type GateSetting,
  type GateState,
  gateSettings,
  gateStates,
  gates,
  gatesNamedBy,
} from "./gates.ts";
export { looksLikeHtml, readHtml } from "./html/read-html.ts";
export { seenHtml } from "./html/seen-html.ts";
export { CALLS_MAX, judgeLoop } from "./loops.ts";
export { createRedactor, isSecretName, type Redact } from "./redact.ts";
export { sanitize } from "./sanitize.ts";
export { sharedSecret } from "./separate-secrets.ts";
export { BUCKETS, featuresOf } from "./shield/features.ts";
export { createLexicon, type Lexicon } from "./shield/lexicon.ts";
export { createModel, type Model, type Weights } from "./shield/model.ts";
export {
  createShield,
  doubtAfter,
  logitOf,
  type Reading,
  readingsOf,
  type Shield,
  type Verdict,
} from "./shield/shield.ts";
export { signs } from "./shield/signs/index.ts";
export { sentencesIn, spell, wordsIn } from "./shield/words.ts";
export { createValidator, type ValidateOptions, validate, validateDraft } from "./validate.ts";
export { visible } from "./visible.ts";
