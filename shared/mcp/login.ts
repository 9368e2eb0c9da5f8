/** The OAuth side of a server that wants a login: what we are registered as, and the tokens, in one file that only we read. */
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import type { OAuthClientProvider } from "@modelcontextprotocol/sdk/client/auth.js";
import type { OAuthClientInformationMixed, OAuthTokens } from "@modelcontextprotocol/sdk/shared/auth.js";
import { secret } from "../base/index.ts";
import { McpFailure } from "./failure.ts";

/** Shows a person the page where they log in, and resolves with the code that the page sends to `redirectUrl`. */
export type Authorize = { redirectUrl: string; open(page: URL): Promise<string> };

type Kept = { client?: OAuthClientInformationMixed; tokens?: OAuthTokens };

type LoginOptions = {
  server: string;
  file: string;
  oauth: { clientId?: string; clientSecret?: string; clientMetadataUrl?: string };
  authorize?: Authorize;
};

/** Logins of one connection. More than a few in a row mean that the server is never content. */
const LOGINS_MAX = 3;
/** Where nobody can log in no browser will ever be sent there, but the registration needs an address. */
const NOWHERE = "http://127.0.0.1:1/callback";

/** `code` is what the last visit to the server's page brought; it rejects with an McpFailure where there is nobody to go there. */
export function createLogin({ server, file, oauth, authorize }: LoginOptions): {
  provider: OAuthClientProvider;
  code(): Promise<string>;
} {
  const kept: Kept = readKept(file);
  const keep = (more: Kept): void => {
    Object.assign(kept, more);
    writeFileSync(`${file}.new`, JSON.stringify(kept), { mode: 0o600 });
    renameSync(`${file}.new`, file);
  };
  const redirectUrl = authorize?.redirectUrl ?? NOWHERE;
  let verifier = "";
  let visits = 0;
  let visiting: Promise<string> | undefined;

  const provider: OAuthClientProvider = {
    redirectUrl,
    // Only the page that we sent a person to may bring a code back.
    state: () => secret(),
    ...(oauth.clientMetadataUrl !== undefined && { clientMetadataUrl: oauth.clientMetadataUrl }),
    clientMetadata: {
      client_name: "Kronos Agent OS",
      redirect_uris: [redirectUrl],
      grant_types: ["authorization_code", "refresh_token"],
      response_types: ["code"],
    },
    clientInformation: () =>
      oauth.clientId === undefined
        ? kept.client
        : {
            client_id: oauth.clientId,
            ...(oauth.clientSecret !== undefined && { client_secret: oauth.clientSecret }),
          },
    saveClientInformation: (client) => keep({ client }),
    tokens: () => kept.tokens,
    saveTokens: (tokens) => keep({ tokens }),
    redirectToAuthorization(page) {
      visits++;
      if (authorize !== undefined && visits <= LOGINS_MAX) visiting = authorize.open(page);
      // Awaited in `code`; until then it may fail unheard.
      visiting?.catch(() => {});
    },
    saveCodeVerifier(code) {
      verifier = code;
    },
    codeVerifier: () => verifier,
    invalidateCredentials(scope) {
      if (scope === "all" || scope === "tokens") delete kept.tokens;
      if (scope === "all" || scope === "client") delete kept.client;
      keep({});
    },
  };

  return {
    provider,
    async code() {
      const visit = visiting;
      visiting = undefined;
      if (visit !== undefined) return visit;
      throw new McpFailure(
        "login needed",
        visits > LOGINS_MAX
          ? `${server} asked for a login ${visits} times in a row`
          : `${server} wants a login: run \`kaos mcp login ${server}\``,
      );
    },
  };
}

/** What cannot be read is no login: the next one takes its place. */
function readKept(file: string): Kept {
  if (!existsSync(file)) return {};
  try {
    const kept: unknown = JSON.parse(readFileSync(file, "utf8"));
    return typeof kept === "object" && kept !== null ? { ...kept } : {};
  } catch {
    return {};
  }
}
