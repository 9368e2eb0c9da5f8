/** What a session does with a letter of its client: checks its numbers, opens containers, acknowledges, repeats, answers. */
import { Api } from "telegram";
import { answerService } from "./control-messages.ts";
import type { Letter } from "./envelope.ts";
import type { MessageIds } from "./message-ids.ts";
import { faultOf } from "./message-ids.ts";
import type { Caller, Connection, Device, Manner, Session } from "./peers.ts";
import { codeOf, RpcError } from "./rpc-error.ts";
import { createSession } from "./session.ts";
import { answerTo, encode, long, open, packed, type TlObject, type TlValue } from "./tl.ts";
import { unwrap } from "./unwrap.ts";

/** Answers one call. Throws an RpcError to refuse it; anything else is a bug of the server. */
export type Respond = (query: TlObject, caller: Caller) => Promise<TlValue>;

type Deps = { ids: MessageIds; respond: Respond; failed(because: unknown, query: TlObject): void };

const answer: Manner = { kind: "answer", hasContent: true };
const remark: Manner = { kind: "answer", hasContent: false };
const notice: Manner = { kind: "notice", hasContent: true };
const receivedMax = 1000;
/** Of one device; a client that comes back is a new session. */
const sessionsMax = 20;
/** Telegram packs what is larger; the exact bound is not published. */
const packedAboveBytes = 1024;

export type Receive = (device: Device, letter: Letter, connection: Connection) => void;

export function createReceive({ ids, respond, failed }: Deps): Receive {
  function receive(device: Device, letter: Letter, connection: Connection): void {
    const session = sessionOf(device, letter.sessionId, connection);
    const { messageId, sequence, salt } = letter;
    const bad = { badMsgId: long(messageId), badMsgSeqno: sequence };
    const fault = faultOf(messageId);
    if (fault) {
      session.send(new Api.BadMsgNotification({ ...bad, errorCode: fault }).getBytes(), remark);
      return;
    }
    if (salt !== device.salt) {
      const newServerSalt = long(device.salt);
      session.send(new Api.BadServerSalt({ ...bad, errorCode: 48, newServerSalt }).getBytes(), remark);
      return;
    }
    const messages = open(letter);
    announce(session, messages[0]?.messageId ?? messageId);
    const toAcknowledge: bigint[] = [];
    for (const message of messages) {
      const earlier = session.received.get(message.messageId);
      if (earlier?.answer) session.send(earlier.answer, answer);
      else if (message.sequence & 1) toAcknowledge.push(message.messageId);
      if (!earlier) handle({ device, session, connection }, message);
    }
    if (toAcknowledge.length > 0) {
      session.send(new Api.MsgsAck({ msgIds: toAcknowledge.map(long) }).getBytes(), {
        kind: "notice",
        hasContent: false,
      });
    }
  }

  function sessionOf(device: Device, id: Buffer, connection: Connection): Session {
    const name = id.toString("hex");
    const session = device.sessions.get(name) ?? createSession(id, device, ids);
    if (!device.sessions.has(name)) forgetOldest(device.sessions, sessionsMax);
    device.sessions.set(name, session);
    connection.sessions.add(session);
    if (session.connection !== connection) {
      session.connection = connection;
      session.resume();
    }
    return session;
  }

  function announce(session: Session, firstMessageId: bigint): void {
    if (session.isAnnounced) return;
    session.isAnnounced = true;
    const { uniqueId, device } = session;
    const created = { firstMsgId: long(firstMessageId), uniqueId: long(uniqueId), serverSalt: long(device.salt) };
    session.send(new Api.NewSessionCreated(created).getBytes(), notice);
  }

  function handle(caller: Caller, { messageId, object }: { messageId: bigint; object: TlObject }): void {
    const { session } = caller;
    const service = answerService(object, messageId, caller);
    if (service) {
      if (service.body) session.send(service.body, remark);
      return;
    }
    const call: { answer: Buffer | null; done: Promise<void> } = { answer: null, done: Promise.resolve() };
    session.received.set(messageId, call);
    forgetOldest(session.received, receivedMax);
    call.done = answerCall(object, caller).then(({ body, isError }) => {
      call.answer = answerTo(messageId, body);
      session.send(call.answer, { ...answer, isAlone: isError });
    });
  }

  async function answerCall(object: TlObject, caller: Caller): Promise<{ body: Buffer; isError: boolean }> {
    const { device, session } = caller;
    const { query, layer, deviceModel, wantsUpdates, after } = unwrap(object);
    device.layer = layer ?? device.layer;
    device.model = deviceModel ?? device.model;
    if (wantsUpdates) session.wantsUpdates = true;
    try {
      for (const id of after) await session.received.get(id)?.done;
      if (device.layer === null) throw new RpcError(400, "CONNECTION_NOT_INITED");
      const body = encode(await respond(query, caller));
      return { body: body.length > packedAboveBytes ? packed(body) : body, isError: false };
    } catch (error) {
      if (!(error instanceof RpcError)) failed(error, query);
      const { code, message } = error instanceof RpcError ? error : new RpcError(codeOf("RPC_"), "RPC_CALL_FAIL");
      return { body: new Api.RpcError({ errorCode: code, errorMessage: message }).getBytes(), isError: true };
    }
  }

  return receive;
}

function forgetOldest<Name>(entries: Map<Name, unknown>, max: number): void {
  const [oldest] = entries.keys();
  if (entries.size > max && oldest !== undefined) entries.delete(oldest);
}
