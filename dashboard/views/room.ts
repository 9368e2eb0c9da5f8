/** Room: the group itself, live. Under each message the decision unfolds; a person writes below. */
import { secret } from "../../shared/base/index.ts";
import { type Messages, whyUnsaid } from "../../shared/ledger/index.ts";
import { type Html, html, live } from "../html.ts";
import { decision } from "../parts/decision.ts";
import { who } from "../parts/names.ts";
import { said, writing } from "../parts/said.ts";
import { empty, word } from "../parts/word.ts";
import { type Doing, readDoing, readScene } from "../read/doing.ts";
import { readTalk } from "../read/talk.ts";
import type { Answer, View, Visit } from "../view.ts";

/** The local group that lives in the ledger. */
const ROOM = "room:main";
/** Messages on one page; older ones are one page further. */
const MESSAGES_MAX = 40;

const EXAMPLES = [
  "We have two weeks and one engineer. Ship the importer or fix onboarding first?",
  "What should we measure to know that last month was worth it?",
  "@lacuna give this product a name that people remember.",
];

export const room: View = {
  path: "/room",
  title: "Room",
  start: "now",
  script: "room.js",
  async render(visit) {
    const scene = await readScene(visit.ledger, visit.now);
    const doing = await readDoing(visit.ledger, scene);
    const before = Number(visit.query.get("before"));
    const past = Number.isSafeInteger(before) && before > 0;
    const messages = past
      ? await visit.ledger.messages.before({ room: ROOM, seq: before }, MESSAGES_MAX)
      : await visit.ledger.messages.latest(ROOM, MESSAGES_MAX);
    const talk = await readTalk(visit.ledger, messages, { ...scene, room: ROOM });
    const items = talk.said.map((item) =>
      said(item, { now: visit.now, decision: item.decision && decision(item.decision, scene) }),
    );
    const drafts = past ? [] : talk.writing.map(writing);
    return html`
      ${live(html`
        <section id="messages" class="panel" role="log" aria-label="Messages">
          ${messages.length === MESSAGES_MAX && html`<p class="earlier"><a href="/room?before=${messages[0]?.seq}">Earlier messages</a></p>`}
          ${items}${drafts}${items.length + drafts.length === 0 && (past ? empty("There is nothing before that.") : invitation(visit))}
          <div id="now"></div>
        </section>`)}
      ${live(html`<aside id="doing" aria-label="Right now"><h2>Right now</h2>${rightNow(doing)}</aside>`)}
      ${past ? html`<p class="composer"><a class="button" href="/room#now">Back to now</a></p>` : composer({ csrf: visit.csrf, text: "" })}`;
  },
  actions: [{ path: "/room/messages", run: say }],
};

/** Writes what the person said into the ledger, once, however often the same form arrives. */
async function say({ ledger, clock, csrf }: Visit, form: URLSearchParams): Promise<Answer> {
  const text = (form.get("text") ?? "").replaceAll("\r\n", "\n").trim();
  const because = whyUnsaid(text);
  if (because !== undefined) return { kind: "refused", because, fragment: composer({ csrf, text, because }) };
  await record(ledger.messages, { text, key: form.get("key") ?? "", now: clock.now() });
  return { kind: "done", next: "/room#now", fragment: composer({ csrf, text: "" }) };
}

async function record(
  messages: Messages,
  { text, key, now }: { text: string; key: string; now: number },
): Promise<void> {
  const heard = {
    room: ROOM,
    topic: null,
    sender: { kind: "owner", id: "owner", name: "you" },
    text,
    replyTo: null,
    saidAt: now,
  } as const;
  const messageId = /^[\w-]{10,40}$/.test(key) ? `p${key}` : `p${secret(12)}`;
  const { seq, fresh } = await messages.record({ ...heard, messageId });
  // A form that the browser kept may come again with another text: that is another message, and none is lost.
  if (!fresh && (await messages.get(seq))?.text !== text)
    await messages.record({ ...heard, messageId: `p${secret(12)}` });
}

function composer({ csrf, text, because }: { csrf: string; text: string; because?: string }): Html {
  return html`
    <form id="composer" class="composer" method="post" action="/room/messages" hx-post="/room/messages" hx-swap="outerHTML">
      <input type="hidden" name="csrf" value="${csrf}" /><input type="hidden" name="key" value="${secret(12)}" />
      ${because && html`<p id="refusal" class="refusal" role="alert">${because}</p>`}
      <textarea id="say" name="text" rows="1" aria-label="Message to the room" aria-describedby="${because && "refusal"}" placeholder="Say something, or @name one">${text}</textarea>
      <button id="send" class="button main">Send</button>
    </form>`;
}

function invitation({ csrf }: Visit): Html {
  return html`
    <div class="invitation">
      <p><b>Nobody has said anything yet.</b> Write below, or begin with one of these:</p>
      <form method="post" action="/room/messages">
        <input type="hidden" name="csrf" value="${csrf}" />${EXAMPLES.map((text) => html`<button class="button" name="text" value="${text}">${text}</button>`)}
      </form>
      <p class="soft">Each agent decides by itself whether to answer. At most two volunteer; whoever you name with @ answers always.</p>
    </div>`;
}

function rightNow(doing: readonly Doing[]): Html {
  if (doing.length === 0)
    return empty(html`No agent has come up yet. What you write is kept; start them with <code>kaos up</code>.`);
  const alive = doing.some(({ agent }) => agent.alive);
  return html`
    <ul>${doing.map(({ agent, tone, word: says, idle }) => html`<li class="${idle && "idle"}">${who(agent.name)}${word(tone, says)}</li>`)}</ul>
    ${!alive && html`<p class="soft">What you write is kept and answered when they are up again: <code>kaos up</code>.</p>`}`;
}
