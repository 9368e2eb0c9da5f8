/** Looks for a skill that served badly this week, and proposes what to change in it. */
import { proposalOf } from "./proposal.ts";

export const skillImprove = proposalOf("skill-improve");
