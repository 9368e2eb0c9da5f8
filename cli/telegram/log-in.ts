/** One login, and keeping it: only when it is an account that no other agent has. */
import type { Clock } from "../../shared/base/index.ts";
import type { Home } from "../../shared/config/index.ts";
import {
  type Asking,
  type LoginPort,
  loginByPhone,
  loginByQr,
  type Profile,
  readAccount,
  writeLogin,
} from "../../shared/transport/index.ts";
import { CommandFailed } from "../failures.ts";

type Deps = {
  agent: string;
  others: readonly string[];
  port: LoginPort;
  asking: Asking;
  qr: boolean;
  home: Home;
  clock: Clock;
};

/** Throws LoginFailed, or CommandFailed when another agent has this account. Nothing is kept then. */
export async function logIn({ agent, others, port, asking, qr, home, clock }: Deps): Promise<Profile> {
  const whose = await (qr ? loginByQr(port, asking, clock) : loginByPhone(port, asking));
  const other = others.find((name) => readAccount(home.agent(name).telegram)?.id === whose.id);
  if (other !== undefined) {
    throw new CommandFailed(
      `This is the account of ${other} (${whose.id}). Each agent needs its own; end the new session in the app under Devices.`,
    );
  }
  writeLogin(home.agent(agent).telegram, port.session(), whose);
  return whose;
}
