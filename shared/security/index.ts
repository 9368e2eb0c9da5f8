export type { Censored, Finding } from "./censor.ts";
export type { Detector } from "./detector.ts";
export { detectors } from "./detectors/index.ts";
export {
  createGate,
  type GateInfo,
  type GateName,
  type GateOptions,
  type GateSetting,
  type GateState,
  gateStates,
  gates,
} from "./gates.ts";
export { createRedactor, type Redact } from "./redact.ts";
export { sanitize, visible } from "./sanitize.ts";
export { type ValidateOptions, validate, validateDraft } from "./validate.ts";
