/** What a text names that can be reached or paid: links, hosts, mailboxes, handles, accounts, phone numbers. */

/** Dates and times look like numbers of accounts, and reach nobody. */
const MOMENT =
  /\b\d{4}-\d{2}-\d{2}(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?\b|\b\d{1,2}:\d{2}(?::\d{2})?\b/g;

type Kind = { pattern: RegExp; accepts?: (found: string) => boolean };

/** Endings of files and of words with a dot; a host with such an ending still counts once a path follows it. */
const NO_HOST =
  /^[^/]*\.(?:\d+|[a-z]|js|ts|tsx|jsx|py|rb|rs|md|txt|log|pdf|docx?|xlsx?|pptx?|csv|tsv|json|ya?ml|toml|html?|css|png|jpe?g|gif|svg|mp[34]|zip|gz)$/i;

const digitsIn = (value: string) => value.match(/\d/g)?.length ?? 0;

/** In this order, each on what the ones before left over. Every repetition is bounded, so that a long text takes linear time. */
const KINDS: readonly Kind[] = [
  { pattern: /\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s<>"'`]{1,2000}/gi },
  { pattern: /[^\s<>"'`(),;:@]{1,64}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,8}/gi },
  {
    pattern: /(?<![\p{L}\p{N}@._-])[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63}){1,8}(?:\/[^\s<>"'`]{0,2000})?/gu,
    accepts: (host) => /\p{L}{2}/u.test(host) && !NO_HOST.test(host),
  },
  { pattern: /(?<![\p{L}\p{N}._-])@[\p{L}\p{N}_]{2,64}/gu },
  { pattern: /(?<![\p{L}\p{N}])[\p{L}\p{N}_-]{8,64}(?![\p{L}\p{N}])/gu, accepts: (account) => digitsIn(account) >= 4 },
  { pattern: /(?<![\p{L}\p{N}])\+?\d[\d ()-]{5,30}\d(?![\p{L}\p{N}])/gu, accepts: (phone) => digitsIn(phone) >= 7 },
];

/** Every address in the text, once, as it stands there. Takes time that grows with the text's length. */
export function addressesIn(text: string): string[] {
  const found = new Set<string>();
  let rest = text.replace(MOMENT, " ");
  for (const { pattern, accepts } of KINDS)
    rest = rest.replace(pattern, (match) => {
      if (accepts?.(match) === false) return match;
      found.add(match.replace(/[.,;:!?)\]]+$/, ""));
      return " ";
    });
  return [...found];
}
