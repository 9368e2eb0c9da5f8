/** A request that is not served: its status and a sentence that says what to do next. */
import { OperationalError } from "../shared/base/index.ts";

/** Thrown anywhere on the way of a request; answered in one place. */
export class Refusal extends OperationalError {
  override readonly name = "Refusal";
  readonly status: 400 | 401 | 403 | 404 | 405 | 413 | 415 | 421 | 422 | 429 | 503;

  constructor(status: Refusal["status"], sentence: string) {
    super(sentence);
    this.status = status;
  }
}
