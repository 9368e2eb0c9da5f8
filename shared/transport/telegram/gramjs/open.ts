/** Our port on top of gramjs: each verb is one request, each answer is read into plain words. */
import type { Api } from "telegram";
import { TelegramRefusal, TelegramSilent } from "../failures.ts";
import type { ChannelDifference, Difference, Listener, News, Peer, Post, TelegramPort, Update } from "../port.ts";
import { createClient, type GramjsOptions } from "./client.ts";
import { createKnown } from "./known.ts";
import { groupOf, postOf, profileOf, updateOf } from "./read.ts";
import { entityOf, replyHeader } from "./write.ts";

/** Posts or dialogs in one answer. */
const PAGE = 100;
const MEMBERS_MAX = 200;
/** A file up or down, of the size that we take. */
const FILE_MAX_MS = 60_000;

/** A port on a session that has logged in. */
export async function openGramjs(options: GramjsOptions): Promise<TelegramPort> {
  const { api, long, client, lib, ask, connect, close } = await createClient(options);
  const known = createKnown();
  let self = "";

  async function call<Request extends Api.AnyRequest>(request: Request): Promise<Request["__response"]> {
    const result: unknown = await ask(client.invoke(request));
    note(result);
    return result as Request["__response"];
  }

  /** Remembers who came along with an answer. */
  function note(result: unknown): void {
    if (typeof result !== "object" || result === null) return;
    for (const list of ["users", "chats"] as const) {
      const found = (result as Record<string, unknown>)[list];
      if (Array.isArray(found)) for (const one of found as (Api.TypeUser | Api.TypeChat)[]) noteOne(one);
    }
  }

  function noteOne(one: Api.TypeUser | Api.TypeChat): void {
    const profile = profileOf(one);
    if (profile === undefined) return;
    // A `min` user came with a message only: its hash opens nothing.
    const min = "min" in one && one.min === true;
    const hash = "accessHash" in one && !min ? one.accessHash?.toString() : undefined;
    known.add(`${profile.kind} ${profile.id}`, profile, hash);
  }

  function inputOf({ kind, id }: Peer): Api.TypeInputPeer {
    if (kind === "chat") return new api.InputPeerChat({ chatId: long(id) });
    const hash = known.hashOf(`${kind} ${id}`);
    if (hash === undefined) throw new TelegramRefusal(kind === "channel" ? "CHANNEL_INVALID" : "PEER_ID_INVALID");
    return kind === "channel"
      ? new api.InputPeerChannel({ channelId: long(id), accessHash: long(hash) })
      : new api.InputPeerUser({ userId: long(id), accessHash: long(hash) });
  }

  function channelInput(id: string): Api.InputChannel {
    const hash = known.hashOf(`channel ${id}`);
    if (hash === undefined) throw new TelegramRefusal("CHANNEL_INVALID");
    return new api.InputChannel({ channelId: long(id), accessHash: long(hash) });
  }

  const posts = (messages: readonly Api.TypeMessage[]): Post[] =>
    messages.flatMap((message) => readable(() => postOf(message, known, self)) ?? []);
  const posted = (messages: readonly Api.TypeMessage[]): News[] =>
    posts(messages).map((post) => ({ kind: "posted", post }));
  const told = (updates: readonly Api.TypeUpdate[]): (Update | { behind: string })[] =>
    updates.flatMap((update) => readable(() => updateOf(update, known, self)) ?? []);
  const newsOf = (updates: readonly Api.TypeUpdate[]): News[] =>
    told(updates).flatMap((update) => ("news" in update ? [update.news] : []));

  /** What our own request brought about. */
  function updatesOf(result: Api.TypeUpdates): Update[] {
    if (result.className !== "Updates" && result.className !== "UpdatesCombined") return [];
    return told(result.updates).flatMap((update) => ("news" in update ? [update] : []));
  }

  /** The id that a message of ours got. */
  function sent(result: Api.TypeUpdates, randomId: string): { id: number | undefined; updates: Update[] } {
    note(result);
    const updates = "updates" in result ? result.updates : [];
    const named = updates.flatMap((one) =>
      one.className === "UpdateMessageID" && one.randomId?.toString() === randomId ? [one.id] : [],
    );
    return { id: named[0], updates: updatesOf(result) };
  }

  function listen({ update, link }: Listener): void {
    client.addEventHandler((raw: unknown) => {
      if (raw instanceof lib.UpdateConnectionState) {
        link(raw.state === 1 ? "up" : raw.state === -1 ? "down" : "lost");
        return;
      }
      const pushed = raw as (Api.TypeUpdate | Api.UpdateShortMessage) & {
        _entities?: Map<string, Api.TypeUser | Api.TypeChat>;
      };
      for (const one of pushed._entities?.values() ?? []) noteOne(one);
      // The short form of a message names nobody: from somebody new, the difference brings who it is.
      if (pushed.className === "UpdateShortMessage" && known.hashOf(`user ${pushed.userId.toString()}`) === undefined) {
        return update({ behind: "" });
      }
      const read = readable(() => updateOf(pushed, known, self));
      if (read !== undefined) update(read);
    }, new lib.Raw({}));
  }

  return {
    async connect(listener) {
      await connect();
      const [me] = await call(new api.users.GetUsers({ id: [new api.InputUserSelf()] }));
      const profile = me === undefined ? undefined : profileOf(me);
      if (me === undefined || profile === undefined) throw new TelegramRefusal("AUTH_KEY_UNREGISTERED");
      noteOne(me);
      self = profile.id;
      // Else the library would ask for it again at every update.
      await ask(client.getMe(true));
      listen(listener);
      return profile;
    },
    async groups() {
      const result = await call(
        new api.messages.GetDialogs({
          offsetDate: 0,
          offsetId: 0,
          offsetPeer: new api.InputPeerEmpty(),
          limit: PAGE,
          hash: long("0"),
        }),
      );
      if (result.className === "messages.DialogsNotModified") return [];
      const ptsOf = new Map(
        result.dialogs.flatMap((dialog) =>
          dialog.className === "Dialog" && dialog.peer.className === "PeerChannel"
            ? [[dialog.peer.channelId.toString(), dialog.pts ?? 0] as const]
            : [],
        ),
      );
      return result.chats.flatMap((chat) => groupOf(chat, ptsOf.get(chat.id.toString()) ?? 0) ?? []);
    },
    async invited(hash) {
      const result = await call(new api.messages.CheckChatInvite({ hash }));
      if (result.className !== "ChatInviteAlready") return undefined;
      noteOne(result.chat);
      return groupOf(result.chat, 0);
    },
    async members(channel) {
      const result = await call(
        new api.channels.GetParticipants({
          channel: channelInput(channel),
          filter: new api.ChannelParticipantsRecent(),
          offset: 0,
          limit: MEMBERS_MAX,
          hash: long("0"),
        }),
      );
      if (result.className !== "channels.ChannelParticipants") return [];
      return result.users.flatMap((user) => profileOf(user) ?? []);
    },
    async position() {
      const { pts, qts, date } = await call(new api.updates.GetState());
      return { pts, qts, date };
    },
    async difference(from): Promise<Difference> {
      const result = await call(new api.updates.GetDifference(from));
      if (result.className === "updates.DifferenceEmpty") {
        return { news: [], position: { ...from, date: result.date }, behind: [], complete: true };
      }
      if (result.className === "updates.DifferenceTooLong") {
        return { news: [], position: { ...from, pts: result.pts }, behind: [], complete: false };
      }
      const { pts, qts, date } = result.className === "updates.Difference" ? result.state : result.intermediateState;
      return {
        news: [...posted(result.newMessages), ...newsOf(result.otherUpdates)],
        position: { pts, qts, date },
        behind: told(result.otherUpdates).flatMap((one) => ("behind" in one ? [one.behind] : [])),
        complete: result.className === "updates.Difference",
      };
    },
    async channelDifference(channel, pts): Promise<ChannelDifference> {
      const result = await call(
        new api.updates.GetChannelDifference({
          channel: channelInput(channel),
          filter: new api.ChannelMessagesFilterEmpty(),
          pts: Math.max(1, pts),
          limit: PAGE,
        }),
      );
      switch (result.className) {
        case "updates.ChannelDifferenceEmpty":
          return { news: [], pts: result.pts, complete: true, hole: false };
        case "updates.ChannelDifferenceTooLong": {
          const now = "pts" in result.dialog ? (result.dialog.pts ?? pts) : pts;
          const news = posts(result.messages).sort((a, b) => a.id - b.id);
          return { news: news.map((post) => ({ kind: "posted", post })), pts: now, complete: true, hole: true };
        }
        case "updates.ChannelDifference": {
          const news = [...posted(result.newMessages), ...newsOf(result.otherUpdates)];
          return { news, pts: result.pts, complete: result.final === true, hole: false };
        }
      }
    },
    async history(peer, { limit, before }) {
      const result = await call(
        new api.messages.GetHistory({
          peer: inputOf(peer),
          offsetId: before ?? 0,
          offsetDate: 0,
          addOffset: 0,
          limit,
          maxId: 0,
          minId: 0,
          hash: long("0"),
        }),
      );
      return result.className === "messages.MessagesNotModified" ? [] : posts(result.messages);
    },
    async send({ to, text, emphasis, replyTo, topic, randomId }) {
      const threaded = replyTo ?? topic;
      const result = await call(
        new api.messages.SendMessage({
          peer: inputOf(to),
          message: text,
          randomId: long(randomId),
          entities: emphasis.flatMap((one) => entityOf(api, one) ?? []),
          ...(threaded === null ? {} : { replyTo: replyHeader(api, threaded, topic) }),
        }),
      );
      if (result.className === "UpdateShortSentMessage") {
        const { id, pts, ptsCount } = result;
        return { id, updates: [{ box: "", pts, count: ptsCount, news: { kind: "other" } }] };
      }
      return sent(result, randomId);
    },
    async download(file) {
      const location = {
        id: long(file.id),
        accessHash: long(file.accessHash),
        fileReference: Buffer.from(file.reference, "base64"),
        thumbSize: file.size,
      };
      const wanted =
        file.kind === "photo" ? new api.InputPhotoFileLocation(location) : new api.InputDocumentFileLocation(location);
      const got = await ask(
        client.downloadFile(wanted, { dcId: file.dcId, fileSize: long(String(file.bytes)) }),
        FILE_MAX_MS,
      );
      if (!Buffer.isBuffer(got)) throw new TelegramSilent("Telegram sent no file.");
      return got;
    },
    async sendVoice(to, { bytes, replyTo, randomId }) {
      const file = new lib.CustomFile("voice.ogg", bytes.length, "", Buffer.from(bytes));
      const uploaded = await ask(client.uploadFile({ file, workers: 1 }), FILE_MAX_MS);
      // How long it is, a player finds out by itself.
      const attributes = [new api.DocumentAttributeAudio({ voice: true, duration: 0 })];
      const result = await call(
        new api.messages.SendMedia({
          peer: inputOf(to),
          media: new api.InputMediaUploadedDocument({ file: uploaded, mimeType: "audio/ogg", attributes }),
          message: "",
          randomId: long(randomId),
          ...(replyTo === null ? {} : { replyTo: replyHeader(api, replyTo, null) }),
        }),
      );
      return sent(result, randomId);
    },
    async typing(to, topic) {
      const action = new api.SendMessageTypingAction();
      await call(
        new api.messages.SetTyping({ peer: inputOf(to), action, ...(topic === null ? {} : { topMsgId: topic }) }),
      );
    },
    async react(to, id, emoji) {
      const reaction = emoji === null ? [] : [new api.ReactionEmoji({ emoticon: emoji })];
      return updatesOf(await call(new api.messages.SendReaction({ peer: inputOf(to), msgId: id, reaction })));
    },
    close,
  };
}

/** What cannot be read is no reason to hear nothing else: it is left out, and the count of updates shows the gap. */
function readable<Result>(read: () => Result): Result | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
