/** The limits of the swarm that live in the ledger, each with its reason. */

/** An agent beats this often … */
export const BEAT_EVERY_MS = 2_000;
/** … and is alive while its last beat is younger than this: four beats may be late. */
export const ALIVE_MS = 10_000;
/** A holder must renew within this. Short, so that a frozen holder frees its slot soon. */
export const LEASE_MS = 30_000;
/** A holder renews this often while its turn runs. */
export const RENEW_EVERY_MS = 5_000;
/** A claim that could hold but does not for so long after its eta no longer keeps others waiting. */
export const OVERDUE_MS = 15_000;
/** So long after a claim's eta it waits for live agents that have not decided yet, so that the slowest model changes nothing. */
export const DECIDE_GRACE_MS = 10_000;
/** No claim waits longer than this for its eta, whatever the clock did: the longest delay of any tier. */
export const ETA_MAX_MS = 45_000;
/** So often a claim may lose its lease; then a volunteer's has failed, and an addressed agent only says that it cannot answer. */
export const CLAIM_ATTEMPTS_MAX = 3;
/** So long after a dead holder committed its reply it counts as unsent, if no peer saw the message arrive. */
export const DELIVERY_DOUBT_MS = 30_000;
/** Implicit replies per root, unless SWARM_IMPLICIT_REPLIES says otherwise. */
export const IMPLICIT_REPLIES_MAX = 2;
/** Replies of agents per root that a peer may still provoke by addressing somebody. */
export const PEER_REPLIES_MAX = 6;
/** One try to judge a message must end within this, else the next agent asks. Long: a slow model is not a dead one, and a dead holder is noticed by its beat. */
export const JUDGE_LEASE_MS = 45_000;
/** Tries to judge one message. */
export const JUDGE_ATTEMPTS_MAX = 2;
/** A message longer than this is cut on the way in: Telegram's own limit is 4,096, files come otherwise. */
export const MESSAGE_CHARACTERS_MAX = 16_000;
