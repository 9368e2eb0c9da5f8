/** One command on one server: ssh with arguments as a list, a host key that must be known, and nothing forwarded. */
import { existsSync } from "node:fs";
import { cut, oneLine } from "../../base/index.ts";
import { findProgram, runChild } from "../child.ts";
import type { Server } from "./register.ts";

export type Answered = { answered: true; text: string } | { answered: false; because: string };

/** Runs these words on the server. Rejects only with the signal's reason. */
export type OnServer = (server: Server, words: readonly string[], signal: AbortSignal) => Promise<Answered>;

const COMMAND_DEADLINE_MS = 30_000;
const CONNECT_SECONDS_MAX = 10;
const OUTPUT_BYTES_MAX = 100_000;
/** What ssh itself ends with; anything else is the command's own. */
const SSH_FAILED = 255;

/** `program` is ssh, where it is not in one of the usual folders; `env` is what it is given beside its arguments. */
export function createSsh({ program, env }: { program?: string; env: Readonly<Record<string, string>> }): OnServer {
  return async (server, words, signal) => {
    const ssh = program ?? findProgram("ssh");
    if (ssh === undefined) return no("there is no ssh on this machine (on Debian: apt-get install openssh-client)");
    if (!existsSync(server.knownHosts))
      return no(
        `the host key of ${server.name} is not known: a person runs \`ssh-keyscan -p ${server.port} ${server.host} >> ${server.knownHosts}\` and compares it with the server's own`,
      );
    if (!words.every((one) => SAFE.test(one))) return no("a word of the command could mean something to a shell");
    const limits = { signal, deadlineMs: COMMAND_DEADLINE_MS, outputBytesMax: OUTPUT_BYTES_MAX };
    const { end, code, stdout, stderr } = await runChild(ssh, sshArguments(server, words), { env, ...limits });
    const said = cut(oneLine(stderr), 500);
    switch (end) {
      case "missing":
        return no(`${ssh} could not be started`);
      case "deadline":
        return no(`${server.name} took longer than ${COMMAND_DEADLINE_MS / 1_000} s`);
      case "output":
        return { answered: true, text: `${stdout}\n(cut after ${OUTPUT_BYTES_MAX} bytes)` };
      case "exit":
        if (code === 0) return { answered: true, text: stdout };
        if (code === SSH_FAILED || code === null)
          return no(`${server.name} could not be reached: ${whyNot(server, said)}`);
        return { answered: true, text: `${stdout}${said === "" ? "" : `\n${said}`}\n(exit code ${code})` };
    }
  };
}

/** The words become one line for the shell over there, so each must be nothing but a word. */
const SAFE = /^[A-Za-z0-9_.,@:/=%-]+$/;

/** Exported for its test: nothing of a user's own configuration of ssh counts, and every door but the command's is shut. */
export function sshArguments({ host, port, user, key, knownHosts }: Server, words: readonly string[]): string[] {
  const settings = {
    BatchMode: "yes",
    StrictHostKeyChecking: "yes",
    UserKnownHostsFile: knownHosts,
    GlobalKnownHostsFile: "/dev/null",
    UpdateHostKeys: "no",
    ConnectTimeout: String(CONNECT_SECONDS_MAX),
    ClearAllForwardings: "yes",
    ForwardAgent: "no",
    ForwardX11: "no",
    PermitLocalCommand: "no",
    ControlMaster: "no",
    LogLevel: "ERROR",
    ...(key === undefined ? {} : { IdentitiesOnly: "yes", IdentityFile: key }),
  };
  const options = Object.entries(settings).flatMap(([name, value]) => ["-o", `${name}=${value}`]);
  return ["-F", "none", "-T", ...options, "-p", String(port), "-l", user, "--", host, ...words];
}

function whyNot({ name, knownHosts }: Server, said: string): string {
  if (/REMOTE HOST IDENTIFICATION HAS CHANGED|host key verification failed|No .* host key is known/i.test(said))
    return `its host key is not the one in ${knownHosts}; a person must find out why before anybody connects to ${name} again`;
  return said === "" ? "ssh said nothing" : said;
}

function no(because: string): Answered {
  return { answered: false, because };
}
