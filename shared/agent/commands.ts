/** What an owner tells the swarm in so many words, in a room or a private chat: /approve, /deny, /stop, /pause and more; /help lists them. */
import { type Ledger, storyOf } from "../ledger/index.ts";
import type { Desks } from "../skills/index.ts";

type Command = {
  name: string;
  takes: string;
  does: string;
  run(words: readonly string[], by: string): Promise<string>;
};

export interface Commands {
  /** Whether the text is a command. */
  knows(text: string): boolean;
  /** The answer to a command, or that there is none of this name. Only for what an owner says: identity is the caller's to check. */
  run(text: string, by: string): Promise<string>;
}

/** A command is for now: one that is older was for a moment that has passed, and a pause must not come back with a restart. */
export const COMMAND_MAX_AGE_MS = 60_000;

export type CommandDeps = {
  ledger: Ledger;
  members: readonly { name: string }[];
  /** What agents propose to change in their skills; without it nobody decides about that here. */
  proposals?: Pick<Desks, "open" | "accept" | "decline">;
};

export function createCommands({ ledger, members, proposals }: CommandDeps): Commands {
  const names = members.map(({ name }) => name);
  /** Empty for the whole swarm; undefined for a name that nobody has. */
  const whom = (word: string | undefined) =>
    word === undefined ? "" : names.find((name) => name === word.toLowerCase().replace(/^@/u, ""));
  const scope = (name: string) => (name === "" ? "swarm" : "agent") as "swarm" | "agent";
  const unknown = (word: string) => `There is no agent "${word}"; there are ${names.join(", ")}.`;

  const decide =
    (granted: boolean): Command["run"] =>
    async ([number, ...reason], by) => {
      const id = Number(number);
      if (!Number.isInteger(id)) return `Write its number: /${granted ? "approve" : "deny"} 17`;
      const decided = await ledger.approvals.decide(id, { granted, by, said: reason.join(" ") });
      if (!decided.decided) return `Nothing was changed: ${decided.because}.`;
      return `${granted ? "✓" : "✗"} #${id} ${decided.approval.tool}`;
    };

  const always: readonly Command[] = [
    {
      name: "approve",
      takes: "N",
      does: "let the call N run, exactly as it was shown; words after it answer a question",
      run: decide(true),
    },
    { name: "deny", takes: "N why", does: "do not let it run", run: decide(false) },
    {
      name: "stop",
      takes: "[agent]",
      does: "end what is being thought or done right now",
      async run([word], by) {
        const name = whom(word);
        if (name === undefined) return unknown(word ?? "");
        await ledger.controls.stop({ scope: scope(name), name, by });
        return `Stopped: ${name || "everybody"}.`;
      },
    },
    {
      name: "pause",
      takes: "[agent]",
      does: "answer nothing until /resume",
      async run([word], by) {
        const name = whom(word);
        if (name === undefined) return unknown(word ?? "");
        await ledger.controls.pause({ scope: scope(name), name, by, until: null });
        return `Paused: ${name || "everybody"}. /resume${name && ` ${name}`} goes on.`;
      },
    },
    {
      name: "resume",
      takes: "[agent]",
      does: "go on answering",
      async run([word]) {
        const name = whom(word);
        if (name === undefined) return unknown(word ?? "");
        await ledger.controls.resume(scope(name), name);
        return `Going on: ${name || "everybody"}.`;
      },
    },
    {
      name: "status",
      takes: "",
      does: "who is there, what is paused, what waits for you",
      async run() {
        const roster = await ledger.agents.roster();
        const here = roster.map(({ name, alive }) => `${alive ? "●" : "○"} ${name}`).join("  ");
        const pauses = (await ledger.controls.active()).map((pause) => pause.name || "everybody");
        const waiting = (await ledger.approvals.pending()).map(({ id, agent, tool }) => `#${id} ${agent} ${tool}`);
        return [
          here,
          ...(pauses.length > 0 ? [`Paused: ${pauses.join(", ")}`] : []),
          ...(waiting.length > 0 ? [`Waiting for you: ${waiting.join(", ")}`] : []),
        ].join("\n");
      },
    },
    {
      name: "why",
      takes: "N",
      does: "who decided what about message N",
      async run([number]) {
        const story = await storyOf(ledger, Number(number));
        if (story === undefined) return `There is no message ${number ?? ""}. Write its number: /why 12`;
        const verdicts = story.verdicts.map(({ agent, outcome, because }) => `${agent} ${outcome ?? "…"}: ${because}`);
        return verdicts.join("\n") || "No agent has decided about it.";
      },
    },
  ];

  const commands = [...always, ...(proposals === undefined ? [] : proposalCommands(proposals))];
  const parse = (text: string) => /^\/([a-z]+)(?:@\w+)?(?:\s+(.*))?$/su.exec(text.trim()) ?? [];
  return {
    knows(text) {
      const [, word] = parse(text);
      return word === "help" || commands.some(({ name }) => name === word);
    },
    async run(text, by) {
      const [, word = "", rest = ""] = parse(text);
      if (word === "help") return commands.map(({ name, takes, does }) => `/${name} ${takes} — ${does}`).join("\n");
      const command = commands.find(({ name }) => name === word);
      if (command === undefined) return "There is no such command; /help lists them.";
      return command.run(rest.split(/\s+/u).filter(Boolean), by);
    },
  };
}

/** What agents would like to do otherwise, and an owner's word on it. */
function proposalCommands({ open, accept, decline }: Pick<Desks, "open" | "accept" | "decline">): Command[] {
  return [
    {
      name: "proposals",
      takes: "",
      does: "what agents propose to change in their skills",
      async run() {
        const all = await open();
        if (all.length === 0) return "Nothing is proposed.";
        return all
          .map(({ agent, story: { id, skill, reason, diff, replays } }) => {
            const passed = (side: "before" | "after") => replays[side].filter((one) => one.passed).length;
            const replayed = `${passed("before")} → ${passed("after")} of ${replays.after.length}`;
            return `${agent} ${skill}: ${reason}\n${diff}\n${replayed}\n/accept ${id}`;
          })
          .join("\n\n");
      },
    },
    {
      name: "accept",
      takes: "P",
      does: "put the proposal P in force as a new version of its skill",
      run: async ([id = ""], by) => (await accept(id, by)).because,
    },
    {
      name: "decline",
      takes: "P why",
      does: "refuse it; the same is not proposed again",
      run: async ([id = "", ...why], by) => (await decline(id, by, why.join(" "))).because,
    },
  ];
}
