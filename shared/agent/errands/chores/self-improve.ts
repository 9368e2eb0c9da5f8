/** Looks at this agent's last day: exactly one proposal with evidence, or none. A person accepts it or does not. */
import { proposalOf } from "./proposal.ts";

export const selfImprove = proposalOf("self-improve");
