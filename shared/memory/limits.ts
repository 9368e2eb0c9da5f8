/** The limits of memory, each with its unit. */

/** Characters of one fact that are kept; what is longer is cut with an ellipsis, and the source still has it whole. */
export const FACT_CHARACTERS_MAX = 16_000;
/** Facts that one layer may propose. */
export const CANDIDATES_MAX = 80;
/** How long one layer may take before recall goes on without it. */
export const LAYER_DEADLINE_MS = 800;
/** Things said on either side of a candidate that are looked at with it. */
export const NEIGHBOURS_MAX = 4;
/** A pause this long ends one episode of a conversation and begins another. */
export const EPISODE_GAP_MS = 3 * 3_600_000;
/** Tokens that recollections may take in a prompt. */
export const RECALL_TOKENS_MAX = 1_200;
/** Recollections of one recall, whatever the budget allows. */
export const RECOLLECTIONS_MAX = 25;
/** A fact that is not used for so long weighs half. */
export const HALF_LIFE_DAYS = 60;
