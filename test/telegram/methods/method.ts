/** A method of the API: a plain object in a list. What it is asked and what it must answer is checked by the library's types. */

import type { Caller } from "../wire/peers.ts";
import { refuse } from "../wire/rpc-error.ts";
import type { TlObject, TlValue } from "../wire/tl.ts";
import type { Account } from "../world/model.ts";
import type { World } from "../world/world.ts";
import type { Logins } from "./logins.ts";
import type { Uploads } from "./uploads.ts";

/** What every method works with. */
export type Setting = {
  readonly world: World;
  readonly logins: Logins;
  readonly uploads: Uploads;
  readonly dcIds: readonly number[];
  /** The address of a data centre that a client may dial. */
  addressOf(dcId: number): string;
  readonly apiId: number;
  readonly apiHash: string;
  readonly reactions: readonly string[];
  /** How much one difference brings, and from where on a channel's is too long to be told. */
  readonly differenceEventsMax: number;
  readonly channelTooLongAbove: number;
};

export type OpenCall = Caller & Setting & { account: Account | null };
export type Call = OpenCall & { account: Account };

export type Method = { name: string; handle(call: OpenCall, query: TlObject): TlValue | Promise<TlValue> };

type Kind<Query> = { new (...args: never[]): Query; readonly className: string };
type AnswerTo<Query> = Query extends { __response: infer Answer } ? Answer : never;
type Handle<Query, From> = (call: From, query: Query) => AnswerTo<Query> | Promise<AnswerTo<Query>>;

/** A method for those who are logged in. */
export function method<Query>(kind: Kind<Query>, handle: Handle<Query, Call>): Method {
  return openMethod(kind, (call, query) => {
    const { account } = call;
    if (account === null) return refuse(401, "AUTH_KEY_UNREGISTERED");
    return handle({ ...call, account }, query);
  });
}

/** A method that works before a login. */
export function openMethod<Query>(kind: Kind<Query>, handle: Handle<Query, OpenCall>): Method {
  return { name: kind.className, handle: (call, query) => handle(call, query as Query) as TlValue | Promise<TlValue> };
}
