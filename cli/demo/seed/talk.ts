/** What a person and the six said to each other in the week of the seeded home. Texts only; `exchange.ts` lives through them. */

export type Said = {
  agent: string;
  tier: 1 | 2 | 3;
  /** Seconds after the message at which it bids. */
  eta: number;
  because: string;
  /** Undefined: it passes. */
  says?: string;
  /** Seconds that it writes. */
  takes?: number;
  /** What it asked tools for on the way. */
  calls?: readonly Called[];
};

export type Called = {
  tool: string;
  input: Readonly<Record<string, unknown>>;
  kind?: "ok" | "timed out" | "refused";
  result: string;
  ms: number;
};

export type Exchange = {
  /** How long ago, in hours. */
  ago: number;
  says: string;
  /** As one of them judged it for all; left out where somebody is addressed. */
  fits?: Readonly<Record<string, number>>;
  parts: readonly Said[];
};

/** Most exchanges are this: somebody is named, and answers. */
function named(ago: number, agent: string, asks: string, says: string, calls: readonly Called[] = []): Exchange {
  const part: Said = { agent, tier: 1, eta: 2, because: `you addressed ${agent}`, says, takes: 4, calls };
  return { ago, says: `@${agent} ${asks}`, parts: [part] };
}

const file = (path: string, text: string): Called => ({
  tool: "write-file",
  input: { path, text },
  result: `Written: ${path}, ${text.length} bytes.`,
  ms: 12,
});
const sum = (expression: string, result: string): Called => ({
  tool: "calculate",
  input: { expression },
  result: `${expression} = ${result}`,
  ms: 2,
});

export const week: readonly Exchange[] = [
  named(
    146,
    "kronos",
    "remember that we ship on Tuesdays, never on Fridays",
    "Noted. Tuesdays it is; I hold plans against it.",
    [
      {
        tool: "remember",
        input: {
          text: "we ship on Tuesdays, never on Fridays",
          kind: "decision",
          quote: "we ship on Tuesdays, never on Fridays",
        },
        result: "Kept as f3b1c07aa9e21 by kronos.",
        ms: 9,
      },
    ],
  ),
  named(
    139,
    "nexus",
    "how many of last month's trials came back in week two?",
    "412 of 1,030, which is 40 %. The month before it was 43 %; the difference is inside the noise.",
    [sum("412 / 1030", "0.4")],
  ),
  named(124, "lacuna", "one line for the pricing page?", "“Pay when it paid off.”"),
  {
    ago: 118,
    says: "Should the newsletter go out weekly or only when there is something to say?",
    fits: { resonant: 8, lacuna: 8, kronos: 5, nexus: 4, impulse: 4, keystone: 1 },
    parts: [
      {
        agent: "resonant",
        tier: 2,
        eta: 9.2,
        because: "fit 8 of 10",
        takes: 5,
        says: "Only when there is something to say, and say how often that is. People forgive silence sooner than filler.",
      },
      {
        agent: "lacuna",
        tier: 2,
        eta: 11.8,
        because: "fit 8 of 10",
        takes: 4,
        says: "Then do not call it a newsletter. “Letter” promises nothing on a schedule.",
      },
    ],
  },
  named(
    101,
    "keystone",
    "did the restore of last night's backup work?",
    "Yes. Restored into an empty folder in 41 s, all tables open, row counts equal.",
    [
      { tool: "read-file", input: { path: "notes/restores.md" }, result: "2 lines", ms: 3 },
      file("notes/restores.md", "Restored in 41 s. All tables open. Row counts equal."),
    ],
  ),
  named(
    97,
    "impulse",
    "what can I finish before lunch?",
    "The invoice template. Twenty minutes, and nobody asks again.",
  ),
  named(
    78,
    "nexus",
    "what does the changelog of the importer library say about encodings?",
    "The page did not answer within two minutes. I would not guess; shall I try again tonight?",
    [
      {
        tool: "fetch-page",
        input: { url: "https://example.org/importer/changelog" },
        kind: "timed out",
        result: "timed out: fetch-page took longer than 120 seconds",
        ms: 120_003,
      },
    ],
  ),
  {
    ago: 74,
    says: "The export crashes for a customer with 90,000 rows. Stack trace says out of memory.",
    fits: { keystone: 9, nexus: 4, kronos: 4, impulse: 5, resonant: 4, lacuna: 1 },
    parts: [
      {
        agent: "keystone",
        tier: 2,
        eta: 2.6,
        because: "keystone owns “bugs”",
        takes: 6,
        says: "It builds the whole file in memory. Stream it: one row in, one row out. Until then cap exports at 20,000 rows and say so on the button.",
      },
      { agent: "impulse", tier: 2, eta: 14, because: "fit 5 of 10; stands back for keystone, who owns “bugs”" },
    ],
  },
  named(
    54,
    "resonant",
    "how do I tell Ana that the launch moves?",
    "First what stays the same, then what moves, then why. She plans her week around it, so tell her before noon.",
  ),
  named(
    50,
    "kronos",
    "is the roadmap page still true?",
    "Two of its seven lines are. I would delete it and keep the three promises.",
  ),
  {
    ago: 47,
    says: "Our page gets 4,000 visits a week and nobody signs up. Is it the text or the price?",
    fits: { nexus: 9, lacuna: 8, resonant: 6, kronos: 4, impulse: 4, keystone: 1 },
    parts: [
      {
        agent: "nexus",
        tier: 2,
        eta: 8.4,
        because: "fit 9 of 10",
        takes: 7,
        calls: [sum("4000 * 0.02", "80")],
        says: "Neither is shown by what you have. A page like this turns about 2 % into sign-ups, so you miss 80 a week. Count first how many scroll to the price at all.",
      },
      {
        agent: "lacuna",
        tier: 3,
        eta: 19,
        because: "it sees it differently from nexus",
        takes: 5,
        says: "I would not wait for the count. The headline says what it is, not what it is for. That is one sentence and one hour.",
      },
    ],
  },
  named(30, "nexus", "which screen loses most people?", "Connect-a-source, 61 % of the drop.", [
    sum("61 / 100 * 1180", "719.8"),
  ]),
  named(
    26,
    "lacuna",
    "find a name for the importer that people remember",
    "“Ferry”. It carries things across, and nobody has to learn it.",
  ),
  named(
    22.5,
    "kronos",
    "what matters today?",
    "One thing: the decision on the importer. Everything else can wait until it is made.",
  ),
  named(
    20,
    "keystone",
    'save "Export: stream rows, cap at 20,000 until then" to notes/export.md',
    "Done. Written: notes/export.md, 45 bytes.",
    [file("notes/export.md", "Export: stream rows, cap at 20,000 until then")],
  ),
  {
    ago: 17,
    says: "Der Start ist in drei Wochen, und niemand hat die Datensicherung getestet. Was zuerst?",
    fits: { keystone: 9, kronos: 8, impulse: 6, nexus: 2, resonant: 2, lacuna: 1 },
    parts: [
      {
        agent: "kronos",
        tier: 2,
        eta: 2.2,
        because: "kronos owns “priorities”",
        takes: 5,
        says: "Die Sicherung. Ein Start, den man nicht zurücknehmen kann, ist keiner. Heute eine Wiederherstellung, mit der Uhr daneben; danach reden wir über den Rest.",
      },
      { agent: "keystone", tier: 2, eta: 10.5, because: "fit 9 of 10; stands back for kronos, who owns “priorities”" },
    ],
  },
  named(
    12.4,
    "impulse",
    "I have twenty minutes, what now?",
    "Send the survey you wrote on Monday. It is done; it only is not sent.",
  ),
  named(9.3, "nexus", "how much is 15 % of 2,400?", "15 % of 2,400 is 360.", [sum("15 % of 2400", "360")]),
  named(
    7.1,
    "resonant",
    "somebody wrote that support is slow. Answer?",
    "Say what you know and by when you will know more: “You waited two days, that is too long. I look into it now and write by six.” Then write by six.",
  ),
  {
    ago: 4.6,
    says: "We have two weeks and one engineer. Ship the importer or fix the churn in onboarding first?",
    fits: { kronos: 9, nexus: 8, keystone: 7, impulse: 7, lacuna: 3, resonant: 4 },
    parts: [
      {
        agent: "kronos",
        tier: 2,
        eta: 3.1,
        because: "kronos owns “priorities”",
        takes: 6,
        says: "Onboarding. The importer adds people to a funnel that loses four in ten before they see value; every week you delay the fix, you pay for it twice.\n\nTwo weeks, one goal: the share of new accounts that reach their first report.",
      },
      {
        agent: "nexus",
        tier: 2,
        eta: 11.4,
        because: "fit 8 of 10",
        takes: 8,
        calls: [{ tool: "recall", input: { question: "churn onboarding" }, result: "2 recollections", ms: 31 }],
        says: "One number before you commit: **61 %** of the drop happens on the connect-a-source screen. Fixing that screen alone is about four days, which leaves a week for the importer’s smallest slice:\n\n1. one source, `csv`\n2. no mapping screen\n3. a link to the result",
      },
      { agent: "keystone", tier: 2, eta: 12, because: "fit 7 of 10" },
      { agent: "impulse", tier: 2, eta: 17.8, because: "fit 7 of 10" },
    ],
  },
  named(
    3.2,
    "keystone",
    "restart the importer on web-1",
    "I may not: server-ops is closed here, and ENABLE_SERVER_OPS opens it. I would look at its log first anyway.",
    [
      {
        tool: "server-act",
        input: { server: "web-1", action: "restart", unit: "importer" },
        kind: "refused",
        result: "refused: server-act needs the gate server-ops, which is closed; ENABLE_SERVER_OPS=true opens it",
        ms: 3,
      },
    ],
  ),
  {
    ago: 1.4,
    says: "Draft the note to the team about the onboarding sprint, three sentences.",
    fits: { resonant: 9, kronos: 7, lacuna: 6, impulse: 5, nexus: 4, keystone: 3 },
    parts: [
      {
        agent: "resonant",
        tier: 2,
        eta: 8.7,
        because: "fit 9 of 10",
        takes: 6,
        says: "For two weeks we do one thing: help new people reach their first report. The importer waits, and that is a decision, not a delay. If something on your desk does not serve that, say so today and we will move it together.",
      },
      { agent: "kronos", tier: 2, eta: 12, because: "fit 7 of 10" },
    ],
  },
  named(
    0.3,
    "lacuna",
    "what would you call that first report?",
    "Not a report. People open it to see whether last week was **worth it**, so call it what it answers: “Worth it?”",
  ),
  named(
    23.4,
    "resonant",
    "good morning, how is the mood after yesterday?",
    "Tired and proud. Say thank you by name today; it costs four minutes and lasts the week.",
  ),
  named(
    21.6,
    "lacuna",
    "is “Get started” good enough for the button?",
    "It says nothing. “See my first report” says what happens next.",
  ),
  named(
    21.1,
    "impulse",
    "one thing I can close before ten?",
    "The reply to the bank. Two sentences; they wait since Monday.",
  ),
  named(
    19.2,
    "nexus",
    "did the new headline change anything?",
    "Too early: 212 visits on each side. Ask me again at 1,500.",
  ),
  named(
    18.4,
    "kronos",
    "may I say yes to the conference?",
    "What leaves the calendar for it? Name that first, then say yes.",
  ),
  named(
    15.8,
    "keystone",
    "is the staging certificate still good?",
    "Nine days left. Renew it now; at three days it becomes a meeting.",
  ),
  named(
    14.9,
    "resonant",
    "a user cancelled and wrote “too complicated”. Ask back?",
    "Ask one question: “Where did you stop?” Nothing about staying.",
  ),
  named(
    13.7,
    "nexus",
    "what did the ads bring last week?",
    "31 sign-ups for $402, so $12.97 each. The letter brought 44 for nothing.",
  ),
  named(
    11.2,
    "lacuna",
    "shorten: “We help teams to understand their numbers better”",
    "“Know your numbers.” If it must be longer, it is not known yet.",
  ),
  named(10.1, "keystone", "can we deploy on Friday after all?", "We can. Who watches on Saturday? No name, no deploy."),
  named(
    8.2,
    "kronos",
    "Ana wants the export first. Change the plan?",
    "Not for one voice. Ask what she cannot do without it; the answer may take an hour instead of a week.",
  ),
  named(
    6.3,
    "impulse",
    "I keep putting off the tax papers",
    "Put the folder on the table, nothing else. Tomorrow you open it; that is the second step.",
  ),
  named(
    5.4,
    "nexus",
    "which day has the fewest visits?",
    "Saturday, 38 % below the mean of the last eight weeks. A good day for a risky change, if somebody watches.",
  ),
  named(
    3.9,
    "resonant",
    "who has not said a word in the planning?",
    "The two who build it. Ask them alone, before the next round.",
  ),
  named(
    2.6,
    "keystone",
    "two tests fail only at night",
    "They know the date. Look for “today” in them; then run them with a clock that stands still.",
  ),
  named(
    2.1,
    "impulse",
    "what is the smallest slice of Ferry?",
    "One file in, one table out, one person who asked for it. Ship that.",
  ),
  named(
    0.8,
    "kronos",
    "anything that I forgot today?",
    "The restore that was to be tried before the launch. It is on nobody's list; keystone would take it.",
  ),
];
