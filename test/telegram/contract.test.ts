/** The contract of a transport, kept by Telegram over the wire. */
import { transportContract } from "../contracts/transport.ts";
import { listen } from "./hearing.ts";
import { startTelegram } from "./telegram.ts";
import { idFor } from "./world/model.ts";

let randomIds = 1;

transportContract("Telegram", async () => {
  const telegram = await startTelegram();
  const anna = telegram.person("Anna");
  const nexus = telegram.account("Nexus");
  const group = telegram.supergroup("The team", [anna.account, nexus]);
  const { transport } = await listen(telegram, nexus, group);
  const room = `telegram:${group.id}`;
  return {
    transport,
    room,
    say: async (text) => String(idFor(anna.say(group, text), nexus)),
    letter: async (text, replyTo) => ({ id: 1, room, topic: null, replyTo, text, randomId: String(++randomIds) }),
    unsendable: async (letter) => ({ ...letter, room: "telegram:77" }),
    shown: async () =>
      telegram
        .messages(group)
        .filter(({ author }) => author === nexus)
        .map((message) => ({
          messageId: String(idFor(message, nexus)),
          text: message.text,
          replyTo: message.replyTo && String(idFor(message.replyTo, nexus)),
        })),
    async close() {
      await transport.close();
      await telegram.close();
    },
  };
});
