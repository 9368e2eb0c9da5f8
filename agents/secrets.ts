/** Values of the environment that open something: none of them may stand in a log, an answer or a prompt. */
import type { Env, RawEnv } from "../shared/config/index.ts";
import { resolveMedia } from "../shared/llm/index.ts";

/** All but the keys of models and transports, which stand where their settings are read. */
export function ownSecrets(env: Env, raw: RawEnv): string[] {
  const keys = [
    env.TELEGRAM_API_HASH,
    env.BRAVE_API_KEY,
    env.EXA_API_KEY,
    env.NOTION_API_KEY,
    env.EMBEDDINGS_API_KEY,
    env.QDRANT_API_KEY,
    env.OTEL_EXPORTER_OTLP_HEADERS,
    ...env.KAOS_API_KEYS.map((key) => key.secret),
  ];
  const proxy = env.TELEGRAM_PROXY === "" ? "" : decodeURIComponent(new URL(env.TELEGRAM_PROXY).password);
  const media = [env.KAOS_HEARING, env.KAOS_VISION, env.KAOS_VOICE].flatMap((link) => {
    const resolved = link === "" ? undefined : resolveMedia(link, raw);
    return resolved !== undefined && "settings" in resolved ? (resolved.settings.apiKey ?? []) : [];
  });
  return [...keys, proxy, ...media].filter((value) => value !== "");
}
