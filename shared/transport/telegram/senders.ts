/** Who speaks: an account's numeric id decides, never a name. */
import type { HeardSender } from "../contract.ts";
import type { Peer, Profile } from "./port.ts";

/** An agent's account. `account` is null while nobody has logged it in. */
export type Member = { agent: string; account: string | null };

export interface Senders {
  of(profile: Profile & Pick<Peer, "kind">): HeardSender;
  agentOf(account: string): string | undefined;
}

type Deps = {
  members: readonly Member[];
  /** Numeric ids. */
  owners: readonly string[];
  allowed: readonly string[];
};

/** A channel or an anonymous administrator is a stranger, whatever it is called. */
export function createSenders({ members, owners, allowed }: Deps): Senders {
  const agents = new Map(
    members.flatMap(({ agent, account }) => (account === null ? [] : [[account, agent] as const])),
  );
  return {
    agentOf: (account) => agents.get(account),
    of({ kind, id, name }) {
      const agent = kind === "user" ? agents.get(id) : undefined;
      if (agent !== undefined) return { kind: "agent", id, name: agent };
      if (kind === "user" && owners.includes(id)) return { kind: "owner", id, name };
      if (kind === "user" && allowed.includes(id)) return { kind: "allowed", id, name };
      return { kind: "stranger", id, name };
    },
  };
}
