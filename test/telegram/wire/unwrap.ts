/** Takes a call out of its wrappings: the layer, who is speaking, whether updates are wanted, which calls come first. */
import { Api } from "telegram";
import type { TlObject } from "./tl.ts";

export type Unwrapped = {
  query: TlObject;
  layer: number | null;
  deviceModel: string | null;
  wantsUpdates: boolean;
  /** The numbers of the client's messages that must have been answered before. */
  after: bigint[];
};

export function unwrap(wrapped: TlObject): Unwrapped {
  const found: Unwrapped = { query: wrapped, layer: null, deviceModel: null, wantsUpdates: true, after: [] };
  for (;;) {
    const { query } = found;
    if (query instanceof Api.InvokeWithLayer) found.layer = query.layer;
    else if (query instanceof Api.InitConnection) found.deviceModel = query.deviceModel;
    else if (query instanceof Api.InvokeWithoutUpdates) found.wantsUpdates = false;
    else if (query instanceof Api.InvokeAfterMsg) found.after.push(BigInt(query.msgId.toString()));
    else if (query instanceof Api.InvokeAfterMsgs) found.after.push(...query.msgIds.map((id) => BigInt(id.toString())));
    else return found;
    found.query = query.query as TlObject;
  }
}
