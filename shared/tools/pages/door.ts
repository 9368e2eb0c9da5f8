/** The way out to the web as tools see it: a function that whoever assembles the agent gives them. */

export type Outgoing = {
  method?: "GET" | "POST";
  headers?: Readonly<Record<string, string>>;
  body?: string;
  signal: AbortSignal;
  bytesMax?: number;
  deadlineMs?: number;
};

export type Fetched =
  | { fetched: true; status: number; url: string; headers: Readonly<Record<string, string>>; body: Buffer }
  /** A sentence for whoever asked. */
  | { fetched: false; because: string };

/** Fetches one address over http or https, where policy lets it; rejects only with the signal's reason. */
export type FetchPage = (url: string, outgoing: Outgoing) => Promise<Fetched>;

/** Of an address that a model may write. */
export const ADDRESS_CHARACTERS_MAX = 2_000;
