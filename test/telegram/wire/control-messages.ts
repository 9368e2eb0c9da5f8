/** The messages that keep a session alive and are no calls: pings, acknowledgements, salts (https://core.telegram.org/mtproto/service_messages). */
import { Api } from "telegram";
import type { Caller } from "./peers.ts";
import { long, type TlObject } from "./tl.ts";

const received = 4;

/** What to answer, if anything; null when the message is a call. */
export function answerService(message: TlObject, id: bigint, caller: Caller): { body: Buffer | null } | null {
  const answer = (object: TlObject) => ({ body: object.getBytes() });
  if (message instanceof Api.MsgsAck) {
    caller.session.acknowledged(message.msgIds.map((acknowledged) => BigInt(acknowledged.toString())));
    return { body: null };
  }
  if (message instanceof Api.PingDelayDisconnect) caller.connection.cutAfter(message.disconnectDelay * 1000);
  if (message instanceof Api.PingDelayDisconnect || message instanceof Api.Ping) {
    return answer(new Api.Pong({ msgId: long(id), pingId: message.pingId }));
  }
  if (message instanceof Api.GetFutureSalts) {
    return answer(new Api.FutureSalts({ reqMsgId: long(id), now: Math.floor(Date.now() / 1000), salts: [] }));
  }
  if (message instanceof Api.DestroySession) {
    return answer(new Api.DestroySessionOk({ sessionId: message.sessionId }));
  }
  if (message instanceof Api.MsgsStateReq) {
    // The library declares a string and writes bytes as well.
    const info = String.fromCharCode(received).repeat(message.msgIds.length);
    return answer(new Api.MsgsStateInfo({ reqMsgId: long(id), info }));
  }
  const needsNoAnswer = [Api.HttpWait, Api.MsgsStateInfo, Api.MsgResendReq, Api.MsgsAllInfo];
  return needsNoAnswer.some((kind) => message instanceof kind) ? { body: null } : null;
}
