/** `kaos completion`: what a shell needs to complete commands, subcommands and options. */
import { Argument, type Command } from "commander";
import { type Define, examples } from "./command.ts";

const SHELLS = ["bash", "zsh", "fish"] as const;

/** `whole` gives the program with every command defined. */
export const completionOf =
  (whole: () => Promise<Command>): Define =>
  (command, context) => {
    command
      .addArgument(new Argument("<shell>", "which one").choices(SHELLS))
      .description("Print a script that completes `kaos` in this shell.")
      .action(async (shell: (typeof SHELLS)[number]) => {
        const { print } = context();
        const words = wordsOf(await whole());
        print(shell === "fish" ? forFish(words) : `${shell === "zsh" ? ZSH_SPEAKS_BASH : ""}${forBash(words)}`);
      });
    examples(command, [
      ["kaos completion bash > /etc/bash_completion.d/kaos", "for everybody on this machine"],
      ["kaos completion zsh >> ~/.zshrc", "for you alone"],
      ["kaos completion fish > ~/.config/fish/completions/kaos.fish", "the same in fish"],
    ]);
  };

/** What may follow: after `kaos`, after a command, after its subcommand. */
type Words = { path: string; subcommands: { name: string; does: string }[]; options: string[] };

function wordsOf(program: Command): Words[] {
  const visit = (command: Command, path: string): Words[] => [
    {
      path,
      subcommands: command.commands.map((one) => ({ name: one.name(), does: one.summary() || one.description() })),
      options: command.options.flatMap(({ long }) => long ?? []),
    },
    ...command.commands.flatMap((one) => visit(one, path === "" ? one.name() : `${path} ${one.name()}`)),
  ];
  return visit(program, "");
}

const ZSH_SPEAKS_BASH = "autoload -U +X bashcompinit && bashcompinit\n";

function forBash(words: readonly Words[]): string {
  const cases = words.map(
    ({ path, subcommands, options }) =>
      `    "${path}") words="${[...subcommands.map(({ name }) => name), ...options, "--help"].join(" ")}" ;;`,
  );
  return `_kaos() {
  local path="" before="" word words
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    if [ "$before" = --home ]; then before="" && continue; fi
    before="$word"
    case "$word" in -*) ;; *) [ "\${path// /}" = "$path" ] && path="\${path:+$path }$word" ;; esac
  done
  case "$path" in
${cases.join("\n")}
    *) case "\${path%% *}" in
${words
  .filter(({ path }) => path !== "" && !path.includes(" "))
  .map(({ path, options }) => `      "${path}") words="${[...options, "--help"].join(" ")}" ;;`)
  .join("\n")}
    esac ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _kaos kaos`;
}

function forFish(words: readonly Words[]): string {
  const quoted = (text: string) => `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
  const lines = words.flatMap(({ path, subcommands, options }) => {
    const names = path.split(" ").filter((name) => name !== "");
    const here =
      path === "" ? "__fish_use_subcommand" : names.map((name) => `__fish_seen_subcommand_from ${name}`).join("; and ");
    return [
      ...subcommands.map(({ name, does }) => `complete -c kaos -f -n ${quoted(here)} -a ${name} -d ${quoted(does)}`),
      ...options.map((option) => `complete -c kaos -n ${quoted(here)} -l ${option.slice(2)}`),
    ];
  });
  return lines.join("\n");
}
