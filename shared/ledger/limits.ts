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
/** No claim waits longer than this for its eta, whatever the clock did: the longest delay of any tier, at the usual pace. A slower pace makes it longer. */
export const ETA_MAX_MS = 45_000;
/** An agent that was away for so long no longer owes an answer: it was removed, renamed, or its machine is off. */
export const GONE_MS = 30 * 60_000;
/** So often a claim may lose its lease; then a volunteer's has failed, and an addressed agent only says that it cannot answer. */
export const CLAIM_ATTEMPTS_MAX = 3;
/** So long after a dead holder committed its reply it counts as unsent, if no peer saw the message arrive. */
export const DELIVERY_DOUBT_MS = 30_000;
/** Implicit replies per root, unless SWARM_IMPLICIT_REPLIES says otherwise. */
export const IMPLICIT_REPLIES_MAX = 2;
/** One reaction to a colleague per agent in this time, by when the persons' messages were said. */
export const REACTION_COOLDOWN_MS = 5 * 60_000;
/** Replies of agents per root that a peer may still provoke by addressing somebody. */
export const PEER_REPLIES_MAX = 6;
/** One try to judge a message must end within this, else the next agent asks. Long: a slow model is not a dead one, and a dead holder is noticed by its beat. */
export const JUDGE_LEASE_MS = 45_000;
/** Tries to judge one message. */
export const JUDGE_ATTEMPTS_MAX = 2;
/** A message longer than this is cut on the way in: Telegram's own limit is 4,096, files come otherwise. */
export const MESSAGE_CHARACTERS_MAX = 16_000;
/** Nobody decides about a call for ever: after this it is denied. */
export const APPROVAL_MS = 60 * 60_000;
/** Work changes hands so often at most; then whoever has it answers. */
export const DEPTH_MAX = 3;
/** Assignments that answer in the room, per root: hand-offs, what comes back, escalations. */
export const ASSIGNMENTS_PER_ROOT_MAX = 6;
/** Tries of one assignment before it is given up. */
export const ASSIGNMENT_ATTEMPTS_MAX = 3;
/** A try that failed is made again after this. */
export const ASSIGNMENT_AGAIN_MS = 5_000;
/** An escalated, handed-on or returned message is answered within this, or given up: nobody waits for yesterday's answer. */
export const ASSIGNMENT_DEADLINE_MS = 10 * 60_000;
/** What a person has decided is carried out within this, or given up: the agent may be down or paused for a night. */
export const DECIDED_DEADLINE_MS = 24 * 60 * 60_000;
/** What a room may cost is counted over the last so many hours: long enough for an evening, short enough not to end a room for a day. */
export const SPEND_SESSION_MS = 6 * 60 * 60_000;
/** From this share of a cap on, the cheaper tier answers. */
export const WARN_FROM = 0.8;
