/** A provider is believed in once it has answered: then its settings may be written down. */
import { type ProviderSettings, resolveChain } from "../../shared/llm/index.ts";
import { askProvider } from "../ask-provider.ts";
import type { Context } from "../context.ts";
import { withLedgerIfAny } from "../with-ledger.ts";
import type { Brain } from "./wishes.ts";

/** What a person gave for it; what is missing is taken from the environment. */
export type Given = { id: string; key?: string; model?: string; baseUrl?: string };

/** The provider as something to write down, with what it said, or why it cannot be used. */
export async function tryProvider(
  here: Context,
  { id, key, model, baseUrl }: Given,
): Promise<{ brain: Brain; says: string } | { problem: string }> {
  const prefix = `PROVIDER_${id.toUpperCase().replaceAll("-", "_")}`;
  const set: Record<string, string> = {
    KAOS_STANDARD_CHAIN: id,
    KAOS_LITE_CHAIN: id,
    ...(baseUrl === undefined ? {} : { [`${prefix}_BASE_URL`]: baseUrl }),
    ...(model === undefined ? {} : { [`${prefix}_MODEL`]: model }),
  };
  const raw = { ...here.raw, ...set, ...(key === undefined ? {} : { [`${prefix}_API_KEY`]: key }) };
  const resolved = resolveChain("standard", [id], raw);
  if ("problem" in resolved) return resolved;
  const [settings] = resolved.chain;
  if (settings === undefined) return { problem: `${id} is no provider.` };
  const answer = await withLedgerIfAny(here, (ledger) => askProvider(here, ledger, "standard", settings));
  if (answer.state !== "ok") return { problem: `${answer.says}.` };
  return { brain: { kind: "provider", settings, set: { ...set, ...keyIn(settings, key) } }, says: answer.says };
}

/** Under the name by which the provider's own documents call it. */
function keyIn({ keyVariable }: ProviderSettings, key: string | undefined): Record<string, string> {
  return key === undefined ? {} : { [keyVariable]: key };
}
