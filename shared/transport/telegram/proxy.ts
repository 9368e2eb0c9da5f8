/** The proxy that an account goes through, as TELEGRAM_PROXY writes it. */

export type ProxyAddress = { host: string; port: number; username?: string; password?: string };

/** `socks5://user:password@host:port`; undefined for nothing. What is no such address was refused when the environment was read. */
export function proxyOf(text: string): ProxyAddress | undefined {
  if (text === "") return undefined;
  const { hostname, port, username, password } = new URL(text);
  return {
    host: hostname,
    port: Number(port || 1080),
    ...(username === "" ? {} : { username: decodeURIComponent(username) }),
    ...(password === "" ? {} : { password: decodeURIComponent(password) }),
  };
}
