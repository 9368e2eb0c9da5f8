/** Answers a call: writes it down, lets the ordered fault happen, finds the method. */
import type { Faults } from "./faults.ts";
import type { Method, Setting } from "./methods/method.ts";
import type { Caller } from "./wire/peers.ts";
import type { Respond } from "./wire/receive.ts";
import { codeOf, RpcError, refuse } from "./wire/rpc-error.ts";
import type { TlObject, TlValue } from "./wire/tl.ts";
import type { Account } from "./world/model.ts";

/** A call as a test may look at it. */
export type SeenCall = {
  method: string;
  atMs: number;
  account: Account | null;
  query: TlObject;
  deviceModel: string;
  /** With which error it was refused; null while it is under way and when it went well. */
  error: string | null;
};

export type Calls = {
  respond: Respond;
  /** The latest calls, oldest first. */
  seen: readonly SeenCall[];
  /** Methods that were called and do not exist here. */
  unknown: ReadonlySet<string>;
};

type Deps = { setting: Setting; methods: readonly Method[]; faults: Faults; noticed(): void };

const seenMax = 10_000;
const never = new Promise<never>(() => {});

export function createCalls({ setting, methods, faults, noticed }: Deps): Calls {
  const byName = new Map(methods.map((method) => [method.name, method]));
  const seen: SeenCall[] = [];
  const unknown = new Set<string>();

  async function respond(query: TlObject, caller: Caller): Promise<TlValue> {
    const { account, model: deviceModel } = caller.device;
    const call: SeenCall = { method: query.className, atMs: Date.now(), account, query, deviceModel, error: null };
    seen.push(call);
    if (seen.length > seenMax) seen.shift();
    try {
      return await withFaults(query, caller);
    } catch (error) {
      call.error = error instanceof Error ? error.message : String(error);
      throw error;
    } finally {
      noticed();
    }
  }

  async function withFaults(query: TlObject, caller: Caller): Promise<TlValue> {
    const { account } = caller.device;
    const fault = faults.takeCall(query.className, account);
    if (fault && "hang" in fault && fault.hang !== "after") return never;
    if (fault && "error" in fault) throw new RpcError(fault.code ?? codeOf(fault.error), fault.error);
    if (fault && "delayMs" in fault) await new Promise((resolve) => setTimeout(resolve, fault.delayMs));
    if (fault && "cut" in fault && fault.cut === "before") {
      caller.connection.cut();
      return never;
    }
    const answer = await handle(query, caller);
    if (fault && "cut" in fault) caller.connection.cut();
    if (fault && "hang" in fault) return never;
    return answer;
  }

  async function handle(query: TlObject, caller: Caller): Promise<TlValue> {
    const { account } = caller.device;
    if (account?.isBanned) refuse(401, "USER_DEACTIVATED_BAN");
    const method = byName.get(query.className);
    if (method) return method.handle({ ...setting, ...caller, account }, query);
    unknown.add(query.className);
    return refuse(400, "METHOD_INVALID");
  }

  return { respond, seen, unknown };
}
