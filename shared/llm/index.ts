export { type Answer, askFor, type Question } from "./ask.ts";
export type { MeteredCall } from "./chain.ts";
export { type MediaAnswer, resolveMedia } from "./media.ts";
export { createModels, type Models, type ProviderState } from "./models.ts";
export { type KnownProvider, providers } from "./providers.ts";
export { resolveChain, variablesOfProviders } from "./resolve.ts";
export type { LlmSettings, PriceSource, Prices, ProviderSettings, Quirks, Tier } from "./settings.ts";
export { createSpeech, type Recording, SPOKEN_CHARACTERS_MAX, type Speech } from "./speech.ts";
export { createVision, type Picture, type Vision } from "./vision.ts";
