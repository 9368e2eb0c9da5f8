/** Approvals: the calls that wait for a person, what is allowed for longer, and what was decided. */
import { cut, oneLine } from "../../shared/base/index.ts";
import { type Approval, type ApprovalState, type Grant, YOU } from "../../shared/ledger/index.ts";
import { type Html, html, live } from "../html.ts";
import { type Asked, askedCall, decidedCall } from "../parts/approval.ts";
import { sentence } from "../parts/exact.ts";
import { duration, timeOfDay } from "../parts/figures.ts";
import { who } from "../parts/names.ts";
import { personaInForce, proposedChange } from "../parts/proposal.ts";
import { refused } from "../parts/refused.ts";
import { table } from "../parts/table.ts";
import { empty, type Tone, time, word } from "../parts/word.ts";
import { readWanted } from "../read/match.ts";
import { told } from "../told.ts";
import type { Answer, View, Visit } from "../view.ts";

const DECIDED_MAX = 20;
const GRANTS_MAX = 50;
const IN_FORCE_MAX = 5;
const ARGUMENTS_CHARACTERS_MAX = 160;

export const approvals: View = {
  path: "/approvals",
  title: "Approvals",
  async render(visit) {
    const { ledger, now, csrf } = visit;
    const [asked, proposed, latest, grants] = await Promise.all([
      readAsked(visit),
      proposals(visit),
      ledger.approvals.latest(DECIDED_MAX),
      ledger.grants.latest(GRANTS_MAX),
    ]);
    const decided = latest.filter(({ state }) => state !== "pending");
    const inForce = grants.filter((grant) => grant.revokedAt === null && grant.expiresAt > now);
    return html`
      ${live(html`<section id="pending" class="panel"><h2>Waiting for you</h2>${asked.length === 0 ? nothing() : asked.map((one) => askedCall(one, { now, csrf }))}</section>`)}
      ${live(html`<section id="proposals" class="panel"><h2>Proposed changes</h2>${proposed}</section>`)}
      ${live(html`<section id="grants" class="panel"><h2>Always allowed</h2>${allowed(inForce, visit)}</section>`)}
      ${live(html`<section id="decided" class="panel"><h2>Decided</h2>${history(decided, now)}</section>`)}`;
  },
  waiting: async ({ ledger, now, desks }) => {
    const calls = (await ledger.approvals.pending()).filter(({ expiresAt }) => expiresAt > now).length;
    return calls + (await desks.open().catch(() => [])).length;
  },
  actions: [
    { path: "/approvals/decisions", run: decide },
    { path: "/approvals/proposals", run: weigh },
    { path: "/approvals/rollbacks", run: takeBack },
    { path: "/approvals/grants", run: allow },
    { path: "/approvals/revocations", run: revoke },
  ],
};

/** A file of proposals that cannot be read must not hide the calls that wait. */
async function proposals({ desks, now, csrf }: Visit): Promise<Html> {
  try {
    const [open, inForce] = [await desks.open(), await desks.inForce()];
    if (open.length + inForce.length > 0)
      return html`${open.map((one) => proposedChange({ ...one, now, csrf }))}${inForce.slice(0, IN_FORCE_MAX).map((one) => personaInForce({ ...one, now, csrf }))}`;
    return empty(
      html`Nothing is proposed. What people correct leads here, as a change to a skill or to a persona, with the turns it stands on; the chat (<code>/proposals</code>) and <code>kaos skills proposals</code> show the same.`,
    );
  } catch (error) {
    return html`<p class="refusal">${told(error).sentence}</p>`;
  }
}

/** What nobody decided in time is about to be denied: it waits for nobody any more. */
async function readAsked({ ledger, now }: Visit): Promise<Asked[]> {
  const pending = (await ledger.approvals.pending()).filter(({ expiresAt }) => expiresAt > now);
  return Promise.all(pending.map((approval) => withMessage(ledger, approval)));
}

async function withMessage(ledger: Visit["ledger"], approval: Approval): Promise<Asked> {
  return { approval, message: approval.message === null ? undefined : await ledger.messages.get(approval.message) };
}

async function decide(visit: Visit, form: URLSearchParams): Promise<Answer> {
  const approval = await approvalOf(visit, form);
  if (approval === undefined) return gone(form);
  const decision = form.get("decision");
  if (decision !== "allow" && decision !== "deny")
    return again(visit, approval, form, "Press “Allow this call” or “Deny”.");
  return settle(visit, approval, form, {
    granted: decision === "allow",
    said: oneLine(form.get("said") ?? "").trim(),
  });
}

/** A person's word on a proposal; what is not taken is shown again with the reason. */
async function weigh({ desks, now, csrf }: Visit, form: URLSearchParams): Promise<Answer> {
  const id = form.get("proposal") ?? "";
  const one = (await desks.open()).find(({ story }) => story.id === id);
  if (one === undefined) return refused("There is no such proposal that waits for you.");
  const decision = form.get("decision");
  const done =
    decision === "accept"
      ? await desks.accept(id, YOU)
      : decision === "decline"
        ? await desks.decline(id, YOU, oneLine(form.get("because") ?? "").trim())
        : { done: false, because: "Press “Accept as a new version” or “Decline”." };
  if (!done.done)
    return {
      kind: "refused",
      because: done.because,
      fragment: proposedChange({ ...one, now, csrf, refused: done.because }),
    };
  const fragment = html`<article class="asked" tabindex="-1"><p role="status">${sentence(done.because)}</p></article>`;
  return { kind: "done", next: "/approvals#proposals", fragment };
}

/** The persona is as it was before a change that a person had accepted. */
async function takeBack({ desks, now, csrf }: Visit, form: URLSearchParams): Promise<Answer> {
  const id = form.get("proposal") ?? "";
  const one = (await desks.inForce()).find(({ story }) => story.id === id);
  if (one === undefined) return refused("There is no such change in force.");
  const done = await desks.takeBack(id, YOU);
  const says = html`<p class="${!done.done && "refusal"}" role="${done.done ? "status" : "alert"}">${sentence(done.because)}</p>`;
  if (done.done)
    return {
      kind: "done",
      next: "/approvals#proposals",
      fragment: html`<article class="asked" tabindex="-1">${says}</article>`,
    };
  return { kind: "refused", because: done.because, fragment: html`${says}${personaInForce({ ...one, now, csrf })}` };
}

/** The permission first: if the call was decided meanwhile, what comes after it is allowed all the same. */
async function allow(visit: Visit, form: URLSearchParams): Promise<Answer> {
  const approval = await approvalOf(visit, form);
  if (approval === undefined) return gone(form);
  if (approval.state !== "pending" || approval.expiresAt <= visit.clock.now()) {
    return settle(visit, approval, form, { granted: true, said: "" });
  }
  const wanted = readWanted(form, approval.arguments);
  if (!wanted.ok) return again(visit, approval, form, wanted.because);
  const { agent, tool } = approval;
  const expiresAt = visit.clock.now() + wanted.forMs;
  await visit.ledger.grants.make({ agent, tool, match: wanted.match, by: YOU, expiresAt });
  return settle(visit, approval, form, { granted: true, said: "" });
}

async function settle(
  visit: Visit,
  approval: Approval,
  form: URLSearchParams,
  { granted, said }: { granted: boolean; said: string },
): Promise<Answer> {
  const decided = await visit.ledger.approvals.decide(approval.id, { granted, by: YOU, said });
  if (!decided.decided) return again(visit, approval, form, `Nothing was changed: ${decided.because}.`);
  const { agent, tool } = approval;
  const says = granted ? `Allowed: ${agent} runs ${tool} now.` : `Denied: ${agent} does not run ${tool}.`;
  return { kind: "done", next: "/approvals", fragment: decidedCall(approval, says) };
}

async function revoke({ ledger, csrf, now }: Visit, form: URLSearchParams): Promise<Answer> {
  const id = numberOf(form);
  const revoked = id !== undefined && (await ledger.grants.revoke(id));
  const because = "This permission is not in force any more.";
  const grants = (await ledger.grants.latest(GRANTS_MAX)).filter(
    (one) => one.revokedAt === null && one.expiresAt > now,
  );
  const table = allowed(grants, { csrf, now });
  if (revoked) return { kind: "done", next: "/approvals#grants", fragment: table };
  return { kind: "refused", because, fragment: html`<p class="refusal" role="alert">${because}</p>${table}` };
}

/** The same call with its forms, and why it was not taken. */
async function again(visit: Visit, approval: Approval, form: URLSearchParams, because: string): Promise<Answer> {
  const asked = await withMessage(visit.ledger, approval);
  const fragment = askedCall(asked, { now: visit.now, csrf: visit.csrf, refused: { because, form } });
  return { kind: "refused", because, fragment };
}

function gone(form: URLSearchParams): Answer {
  return refused(`There is no call ${numberOf(form) ?? "with this number"} that waits for you.`);
}

async function approvalOf({ ledger }: Visit, form: URLSearchParams): Promise<Approval | undefined> {
  const id = numberOf(form);
  return id === undefined ? undefined : ledger.approvals.get(id);
}

function numberOf(form: URLSearchParams): number | undefined {
  const text = form.get("id") ?? "";
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

function nothing(): Html {
  return empty(
    html`Nothing waits for you. When an agent wants to do something risky, or something outside this machine, it asks here, in the room and in <code>kaos approvals</code>; the first answer counts.`,
  );
}

function allowed(grants: readonly Grant[], { csrf, now }: Pick<Visit, "csrf" | "now">): Html {
  if (grants.length === 0)
    return empty(
      html`Nothing is allowed for longer than one call. “Always allow” under a call that waits makes such a permission, and so does <code>kaos approvals allow</code>.`,
    );
  const permissions = table({
    label: "Permissions in force",
    phone: "cards",
    columns: [
      { head: "agent" },
      { head: "tool" },
      { head: "ends in", kind: "num" },
      { head: "only when", kind: "wide" },
      { head: "made by", kind: "minor" },
      { head: "", says: "revoke" },
    ],
    rows: grants.map(({ id, agent, tool, match, by, expiresAt }) => [
      who(agent),
      html`<span class="tool">${tool}</span>`,
      time(expiresAt, duration(expiresAt - now)),
      html`${Object.entries(match).map(([name, value]) => html`<code class="pair">${name} = ${value}</code> `)}`,
      by,
      html`<button class="button small" name="id" value="${id}" aria-label="Revoke ${tool} of ${agent}">Revoke</button>`,
    ]),
  });
  return html`<form id="permissions" method="post" action="/approvals/revocations" hx-post="/approvals/revocations" hx-swap="outerHTML"><input type="hidden" name="csrf" value="${csrf}" />${permissions}</form>`;
}

const STATES: Readonly<Record<ApprovalState, { tone: Tone; word: string }>> = {
  pending: { tone: "wait", word: "waits" },
  granted: { tone: "ok", word: "allowed" },
  denied: { tone: "stop", word: "denied" },
  expired: { tone: "off", word: "too late" },
};

function history(decided: readonly Approval[], now: number): Html {
  if (decided.length === 0) return empty("What you allow and deny is listed here, with your reason.");
  return table({
    label: "Decided calls",
    phone: "cards",
    columns: [
      { head: "when", kind: "num" },
      { head: "agent" },
      { head: "tool" },
      { head: "decision" },
      { head: "arguments", kind: "wide" },
      { head: "by", kind: "minor" },
    ],
    rows: decided.map(({ decidedAt, expiresAt, agent, tool, state, arguments: written, by, said }) => [
      time(decidedAt ?? expiresAt, timeOfDay(decidedAt ?? expiresAt, now)),
      who(agent),
      html`<span class="tool">${tool}</span>`,
      word(STATES[state].tone, STATES[state].word),
      html`<code>${cut(oneLine(written), ARGUMENTS_CHARACTERS_MAX)}</code>${said !== "" && html`<small class="role">${said}</small>`}`,
      by === "" ? "nobody" : by,
    ]),
  });
}
