/** The topics of a forum. */
import { Api } from "telegram";
import { refuse } from "../wire/rpc-error.ts";
import { nowSeconds, type Supergroup, type Topic } from "../world/model.ts";
import { namedIn, showMessage } from "../world/show-message.ts";
import { userPeerOf } from "../world/show-people.ts";
import { type Call, method } from "./method.ts";
import { ownSupergroupOf } from "./peers.ts";
import { mayWrite, write, writtenUpdates } from "./writing.ts";

const iconColor = 0x6fb9f0;

export const getForumTopics = method(Api.channels.GetForumTopics, (call, { channel, limit, offsetTopic }) => {
  const forum = forumOf(call, channel);
  const after = [...forum.topics.values()].filter(({ id }) => offsetTopic === 0 || id > offsetTopic);
  return show(call, forum, after.slice(0, limit));
});

export const getForumTopicsById = method(Api.channels.GetForumTopicsByID, (call, { channel, topics }) => {
  const forum = forumOf(call, channel);
  return show(
    call,
    forum,
    topics.map((id) => forum.topics.get(id)).filter((topic) => topic !== undefined),
  );
});

export const createForumTopic = method(Api.channels.CreateForumTopic, (call, { channel, title, randomId }) => {
  const room = forumOf(call, channel);
  const action = new Api.MessageActionTopicCreate({ title, iconColor });
  const message = write(call, { room, action, randomId: mayWrite(call, room, randomId) });
  call.world.addTopic(message, title);
  return writtenUpdates(call, [message]);
});

function forumOf(call: Call, channel: unknown): Supergroup {
  const group = ownSupergroupOf(call, channel);
  return group.isForum ? group : refuse(400, "CHANNEL_FORUM_MISSING");
}

function show({ account }: Call, forum: Supergroup, topics: Topic[]): Api.messages.ForumTopics {
  const tops = topics
    .map(({ topMessageId }) => forum.box.messages.get(topMessageId))
    .filter((top) => top !== undefined);
  return new Api.messages.ForumTopics({
    count: forum.topics.size,
    topics: topics.map(({ id, title, creator, topMessageId }) => {
      const unread = { unreadCount: 0, unreadMentionsCount: 0, unreadReactionsCount: 0 };
      return new Api.ForumTopic({
        ...unread,
        my: creator === account,
        id,
        date: nowSeconds(),
        title,
        iconColor,
        topMessage: topMessageId,
        readInboxMaxId: 0,
        readOutboxMaxId: 0,
        fromId: userPeerOf(creator),
        notifySettings: new Api.PeerNotifySettings({}),
      });
    }),
    messages: tops.map((top) => showMessage(top, account)),
    ...namedIn(tops, account, { rooms: [forum] }),
    pts: forum.box.pts,
  });
}
