/** What was to be imported or exported cannot be. */
import { OperationalError } from "../base/index.ts";

/** The message is a sentence for a person; nothing was written when it is thrown. */
export class ArchiveRefused extends OperationalError {
  override readonly name = "ArchiveRefused";
}
