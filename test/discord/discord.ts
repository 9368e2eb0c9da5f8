/** A Discord of our own: the REST API and the gateway, as far as the real client library asks for them, and a world with one channel. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type Line, openLine } from "./gateway.ts";

export type Account = { id: string; name: string; token: string };
export type Said = { id: string; channel: string; author: Account; content: string; replyTo: string | null };

type Row = Said & { nonce: string | null; reactions: Map<string, Set<string>>; mentions: Account[]; edited: boolean };

const GUILD = "100000000000000001";
export const CHANNEL = "100000000000000002";
/** Discord counts from 2015. */
const EPOCH_MS = 1_420_070_400_000;
const reason: Readonly<Record<number, string>> = {
  10003: "Unknown Channel",
  10008: "Unknown Message",
  50013: "Missing Permissions",
};

/** What the next asking or saying gets instead; `status` 0 breaks the connection. `after`: it takes effect all the same. */
export type Fault = {
  method?: "GET" | "POST";
  status: number;
  body?: object;
  headers?: Record<string, string>;
  after?: boolean;
};

export async function startDiscord() {
  const rows: Row[] = [];
  const accounts: Account[] = [];
  const lines = new Set<Line>();
  const problems: string[] = [];
  const faults: Fault[] = [];
  const threads: { id: string; name: string }[] = [];
  let silent = false;
  const calls: string[] = [];
  let count = 0;

  /** Numbers rise with time, as there. */
  const nextId = () => ((BigInt(Date.now() - EPOCH_MS) << 22n) + BigInt(++count)).toString();
  const tell = (event: string, data: object) => {
    for (const line of lines) line.dispatch(event, data);
  };

  function account(name: string): Account {
    const id = nextId();
    const one = { id, name, token: `${Buffer.from(id).toString("base64url")}.test.${name}` };
    accounts.push(one);
    return one;
  }

  const userOf = ({ id, name }: Account) => ({
    id,
    username: name.toLowerCase(),
    global_name: name,
    discriminator: "0",
    avatar: null,
  });

  function shown(row: Row) {
    return {
      id: row.id,
      channel_id: row.channel,
      guild_id: GUILD,
      type: row.replyTo === null ? 0 : 19,
      author: userOf(row.author),
      content: row.content,
      timestamp: new Date(Number(BigInt(row.id) >> 22n) + EPOCH_MS).toISOString(),
      edited_timestamp: row.edited ? new Date().toISOString() : null,
      tts: false,
      mention_everyone: false,
      mentions: row.mentions.map(userOf),
      mention_roles: [],
      attachments: [],
      embeds: [],
      pinned: false,
      nonce: row.nonce,
      reactions: [...row.reactions].map(([emoji, by]) => ({
        emoji: { id: null, name: emoji },
        count: by.size,
        me: false,
      })),
      ...(row.replyTo === null
        ? {}
        : { message_reference: { message_id: row.replyTo, channel_id: row.channel, guild_id: GUILD } }),
    };
  }

  function say(
    author: Account,
    content: string,
    { replyTo = null, nonce = null, channel = CHANNEL }: Partial<Row> = {},
  ): Row {
    const mentions = accounts.filter(({ id }) => content.includes(`<@${id}>`));
    const row: Row = {
      id: nextId(),
      channel,
      author,
      content,
      replyTo,
      nonce,
      mentions,
      edited: false,
      reactions: new Map(),
    };
    rows.push(row);
    tell("MESSAGE_CREATE", shown(row));
    return row;
  }

  function react(row: Row, by: Account, emoji: string): void {
    const who = row.reactions.get(emoji) ?? new Set();
    row.reactions.set(emoji, who.add(by.id));
    tell("MESSAGE_REACTION_ADD", {
      ...{ user_id: by.id, channel_id: row.channel, guild_id: GUILD, message_id: row.id },
      emoji: { id: null, name: emoji },
    });
  }

  const channelShown = {
    id: CHANNEL,
    type: 0,
    guild_id: GUILD,
    name: "team",
    position: 0,
    permission_overwrites: [],
    parent_id: null,
  };

  const threadShown = ({ id, name }: (typeof threads)[number]) => ({
    ...{ id, type: 11, guild_id: GUILD, parent_id: CHANNEL, name, member: { user_id: id, flags: 0 } },
    thread_metadata: { archived: false, auto_archive_duration: 60, archive_timestamp: new Date().toISOString() },
  });

  function greeting(token: string): { event: string; data: object }[] | undefined {
    const who = accounts.find((one) => one.token === token);
    if (who === undefined) return undefined;
    const everyone = {
      id: GUILD,
      name: "@everyone",
      permissions: "2147483647",
      position: 0,
      color: 0,
      hoist: false,
      managed: false,
      mentionable: false,
    };
    return [
      {
        event: "READY",
        data: {
          ...{ v: 10, user: { ...userOf(who), bot: true }, guilds: [{ id: GUILD, unavailable: true }] },
          ...{ session_id: nextId(), resume_gateway_url: gatewayUrl(), application: { id: who.id, flags: 0 } },
        },
      },
      {
        event: "GUILD_CREATE",
        data: {
          ...{
            id: GUILD,
            name: "The guild",
            owner_id: "1",
            member_count: accounts.length,
            joined_at: new Date().toISOString(),
          },
          ...{ roles: [everyone], channels: [channelShown], members: [{ user: userOf(who), roles: [] }] },
          ...{
            threads: threads.map(threadShown),
            emojis: [],
            stickers: [],
            features: [],
            presences: [],
            voice_states: [],
            stage_instances: [],
          },
        },
      },
    ];
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://loopback");
    const path = pathname.replace("/v10", "");
    const body = await bodyOf(request);
    const send = (status: number, value: unknown, headers: Record<string, string> = {}) => {
      response.writeHead(status, { ...(status === 204 ? {} : { "content-type": "application/json" }), ...headers });
      response.end(status === 204 ? undefined : JSON.stringify(value));
    };
    const refuse = (code: number) => send(code === 50_013 ? 403 : 404, { code, message: reason[code] });
    const who = accounts.find(({ token }) => request.headers.authorization === `Bot ${token}`);
    calls.push(`${request.method} ${path}`);
    if (who === undefined) return send(401, { code: 0, message: "401: Unauthorized" });
    if (silent) return;
    if (path === "/gateway/bot") {
      const limit = { total: 1_000, remaining: 1_000, reset_after: 0, max_concurrency: 1 };
      return send(200, { url: gatewayUrl(), shards: 1, session_start_limit: limit });
    }
    const [, channel = "", rest = ""] = /^\/channels\/(\d+)(.*)$/u.exec(path) ?? [];
    const thread = threads.find((one) => one.id === channel);
    if (channel !== CHANNEL && thread === undefined) return refuse(10_003);
    const [, id = ""] = /^\/messages\/(\d+)/u.exec(rest) ?? [];
    const row = rows.find((one) => one.id === id);
    if (rest === "") return send(200, thread === undefined ? channelShown : threadShown(thread));
    if (rest === "/typing") return send(204, null);
    const at = rest === "/messages" ? faults.findIndex(({ method = "POST" }) => method === request.method) : -1;
    const [fault] = at === -1 ? [] : faults.splice(at, 1);
    const fail = ({ status, body: why, headers }: Fault) =>
      status === 0 ? void response.destroy() : send(status, why, headers);
    if (fault !== undefined && fault.after !== true) return fail(fault);
    if (rest === "/messages" && request.method === "GET") {
      const after = searchParams.get("after");
      const found = rows.filter((one) => one.channel === channel && (after === null || BigInt(one.id) > BigInt(after)));
      const page = after === null ? found.slice(-100) : found.slice(0, 100);
      return send(200, page.reverse().map(shown));
    }
    if (rest === "/messages" && request.method === "POST") {
      const wanted = body as {
        content: string;
        nonce?: string;
        enforce_nonce?: boolean;
        message_reference?: { message_id: string };
      };
      if ([...wanted.content].length > 2_000) return send(400, { code: 50_035, message: "Invalid Form Body" });
      const known = wanted.enforce_nonce
        ? rows.find(({ nonce, author }) => nonce === wanted.nonce && author === who)
        : undefined;
      const said =
        known ??
        say(who, wanted.content, {
          replyTo: wanted.message_reference?.message_id ?? null,
          nonce: wanted.nonce ?? null,
        });
      return fault === undefined ? send(200, shown(said)) : fail(fault);
    }
    if (row === undefined) return refuse(10_008);
    const [, emoji] = /\/reactions\/([^/]+)/u.exec(rest) ?? [];
    if (emoji === undefined) return send(200, shown(row));
    if (request.method === "PUT") {
      react(row, who, decodeURIComponent(emoji));
      return send(204, null);
    }
    const by = row.reactions.get(decodeURIComponent(emoji)) ?? new Set();
    return send(200, accounts.filter((one) => by.has(one.id)).map(userOf));
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      problems.push(String(error));
      response.destroy();
    });
  });
  server.on("upgrade", (request, socket) =>
    openLine(request, socket, {
      identified: greeting,
      opened: (line) => void lines.add(line),
      closed: (line) => void lines.delete(line),
    }),
  );
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  const gatewayUrl = () => `ws://127.0.0.1:${port}`;

  return {
    api: `http://127.0.0.1:${port}`,
    account,
    say,
    react,
    edit(row: Row, content: string) {
      Object.assign(row, { content, edited: true });
      tell("MESSAGE_UPDATE", shown(row));
    },
    remove(row: Row) {
      rows.splice(rows.indexOf(row), 1);
      tell("MESSAGE_DELETE", { id: row.id, channel_id: row.channel, guild_id: GUILD });
    },
    rows: rows as readonly Said[],
    calls: calls as readonly string[],
    /** Opens a thread of the channel, whose id it is. */
    thread(name: string): string {
      const id = nextId();
      threads.push({ id, name });
      return id;
    },
    fault: (one: Fault) => void faults.push(one),
    /** From now on nothing is answered any more. */
    fallSilent() {
      silent = true;
    },
    cut() {
      for (const line of lines) line.cut();
    },
    async close() {
      for (const line of lines) line.cut();
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
      if (problems.length > 0) throw new Error(problems.join("\n"));
    },
  };
}

export type Discord = Awaited<ReturnType<typeof startDiscord>>;

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = [];
  for await (const part of request as AsyncIterable<Buffer>) parts.push(part);
  return parts.length === 0 ? undefined : JSON.parse(Buffer.concat(parts).toString("utf8"));
}
