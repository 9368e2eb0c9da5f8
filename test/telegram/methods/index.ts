/** All methods the server has. What is not here is refused as METHOD_INVALID and reported when the test ends. */
import * as change from "./change.ts";
import * as connect from "./connect.ts";
import { getDialogs } from "./dialogs.ts";
import * as differences from "./differences.ts";
import * as files from "./files.ts";
import * as groups from "./groups.ts";
import * as history from "./history.ts";
import * as join from "./join.ts";
import * as logIn from "./log-in.ts";
import type { Method } from "./method.ts";
import * as people from "./people.ts";
import * as read from "./read.ts";
import { sendMedia, sendMultiMedia, uploadMedia } from "./send-media.ts";
import { sendMessage } from "./send-message.ts";
import * as topics from "./topics.ts";

export const methods: readonly Method[] = [
  ...Object.values(connect),
  ...Object.values(logIn),
  ...Object.values(people),
  ...Object.values(groups),
  ...Object.values(join),
  getDialogs,
  ...Object.values(history),
  ...Object.values(read),
  sendMessage,
  sendMedia,
  sendMultiMedia,
  uploadMedia,
  ...Object.values(change),
  ...Object.values(topics),
  ...Object.values(files),
  ...Object.values(differences),
];
