/** The part of a job that needs an agent's mind or memory. */
import { OperationalError } from "../../../base/index.ts";
import type { Source } from "../../../engine/index.ts";
import type { Finding, Order } from "../../../ledger/index.ts";
import type { Speaking } from "../../speaking.ts";

/** What is to be done, under which key it is kept, and whose text it stands on. */
export type Commission = Order & { key: string; sources: readonly Source[] };

/** What was found; or the approval that a person must give first. */
export type ChoreEnd = Finding | { waiting: number };

/** Something is not set up that no further try brings: the sentence says what. */
export class Unable extends OperationalError {
  override readonly name = "Unable";
}

/** Does one job for its due instant. A failure of the world rejects with an OperationalError and is tried again; Unable is not. */
export type Chore = (speaking: Speaking, commission: Commission, signal: AbortSignal) => Promise<ChoreEnd>;
