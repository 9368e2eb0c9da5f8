/** Rule 6 of the security page: one egress client, and none of the usual tricks through it. */
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { createEgress, isPublic } from "../../shared/security/index.ts";

const signal = new AbortController().signal;

async function serve(listener: RequestListener): Promise<{ origin: string; server: Server }> {
  const server = createServer(listener);
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}

describe("addresses that are not on the open internet are refused", () => {
  const nobody = createEgress({ resolve: () => Promise.reject(new Error("nothing is resolved here")) });

  test.each([
    "http://127.0.0.1/",
    "http://127.1/",
    "http://2130706433/",
    "http://0x7f000001/",
    "http://0177.0.0.1/",
    "http://0/",
    "http://0.0.0.0/",
    "http://10.0.0.1/",
    "http://172.16.0.1/",
    "http://192.168.1.1/",
    "http://169.254.169.254/latest/meta-data",
    "http://100.64.0.1/",
    "http://198.18.0.1/",
    "http://224.0.0.1/",
    "http://255.255.255.255/",
    "http://[::]/",
    "http://[::1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:7f00:1]/",
    "http://[::127.0.0.1]/",
    "http://[64:ff9b::7f00:1]/",
    "http://[fe80::1]/",
    "http://[fc00::1]/",
    "http://[fd00:ec2::254]/",
    "http://[2002:7f00:1::]/",
    "http://[2001:db8::1]/",
    "http://127。0。0。1/",
    "http://①②⑦.0.0.1/",
    "http://127.0.0.1./",
    "http://0x7f.0.0.1/",
    "http://0x7f.1/",
    "http://017700000001/",
    "http://00000177.0x0.0.1/",
    "http://127.0.1/",
    "http://4294967295/",
    "http://３２３２２３５７７７/",
    "http://192.0.2.1/",
    "http://192.0.0.192/latest/meta-data",
    "http://100.100.100.200/latest/meta-data",
    "http://198.19.255.255/",
    "http://240.0.0.1/",
    "http://239.255.255.250/",
    "http://[::ffff:10.0.0.1]/",
    "http://[0:0:0:0:0:ffff:a9fe:a9fe]/",
    "http://[64:ff9b::a9fe:a9fe]/",
    "http://[2001::1]/",
    "http://[fec0::1]/",
    "http://[ff02::1]/",
    "http://[100::1]/",
    "http://[3fff::1]/",
  ])("%s", async (url) => {
    expect(await nobody.fetch(url, { signal })).toMatchObject({
      fetched: false,
      because: expect.stringContaining("not on the open internet"),
    });
  });

  test.each([
    "file:///etc/passwd",
    "ftp://example.org/",
    "gopher://example.org/",
    "data:text/plain,x",
    "javascript:alert(1)",
    "http://user:pw@example.org/",
    "no address",
  ])("nor is %s an address for it", async (url) => {
    expect((await nobody.fetch(url, { signal })).fetched).toBe(false);
  });

  test.each([
    ["localhost"],
    ["internal.example"],
    ["localhost."],
    ["metadata.google.internal"],
    ["127.0.0.1.nip.io"],
    ["10-0-0-1.sslip.io"],
    ["xn--lcalhost-n1a.example"],
    ["localhost。"],
  ])("nor a name that leads there: %s", async (host) => {
    const egress = createEgress({ resolve: () => Promise.resolve(["93.184.216.34", "127.0.0.1"]) });
    expect(await egress.fetch(`http://${host}/`, { signal })).toMatchObject({ fetched: false });
  });

  test("public ones are told apart", () => {
    for (const address of ["93.184.216.34", "1.1.1.1", "2606:4700::1111"]) expect(isPublic(address)).toBe(true);
    for (const address of ["", "example.org", "1.1.1", "::ffff:1.1.1.1"]) expect(isPublic(address)).toBe(false);
  });
});

test("a name is resolved once, and the address that was checked is the one connected to", async () => {
  const { origin } = await serve((_request, response) => response.end("here"));
  const port = new URL(origin).port;
  let asked = 0;
  const egress = createEgress({
    trusted: [`http://rebinding.example:${port}`],
    resolve: () => Promise.resolve(asked++ === 0 ? ["127.0.0.1"] : ["169.254.169.254"]),
  });
  const fetched = await egress.fetch(`http://rebinding.example:${port}/`, { signal });
  expect(fetched).toMatchObject({ fetched: true, status: 200 });
  expect(asked).toBe(1);
});

test("a name that leads inside the second time is not followed there either", async () => {
  const answers = [["93.184.216.34"], ["127.0.0.1"]];
  const egress = createEgress({ resolve: () => Promise.resolve(answers.shift() ?? []) });
  expect(await egress.reach(new URL("http://turns.example/"), signal)).toEqual({
    allowed: true,
    address: "93.184.216.34",
  });
  expect(await egress.reach(new URL("http://turns.example/"), signal)).toMatchObject({ allowed: false });
});

describe("a redirect", () => {
  test.each([
    "file:///etc/passwd",
    "http://user:pw@example.org/",
    "http://[::ffff:169.254.169.254]/",
    "http://0x7f000001/",
    "//127.1:22/",
    "gopher://127.0.0.1:70/",
  ])("to %s is refused", async (location) => {
    const { origin } = await serve((_request, response) => response.writeHead(302, { location }).end());
    expect((await createEgress({ trusted: [origin] }).fetch(origin, { signal })).fetched).toBe(false);
  });

  test("is checked like the first address", async () => {
    const { origin } = await serve((_request, response) =>
      response.writeHead(302, { location: "http://169.254.169.254/" }).end(),
    );
    expect(await createEgress({ trusted: [origin] }).fetch(origin, { signal })).toMatchObject({
      fetched: false,
      because: expect.stringContaining("169.254.169.254"),
    });
  });

  test("to another origin takes no credentials along, and no body", async () => {
    const seen: unknown[] = [];
    const other = await serve((request, response) => {
      seen.push({ method: request.method, headers: request.headers });
      response.end("there");
    });
    let status = 302;
    const { origin } = await serve((_request, response) =>
      response.writeHead(status, { location: other.origin }).end(),
    );
    const egress = createEgress({ trusted: [origin, other.origin] });
    const outgoing = {
      method: "POST",
      headers: { authorization: "Bearer x", cookie: "a=b", "x-key": "y", accept: "text/html" },
      body: "secret",
      signal,
    } as const;
    expect(await egress.fetch(origin, outgoing)).toMatchObject({ fetched: true });
    expect(seen).toEqual([
      {
        method: "GET",
        headers: expect.not.objectContaining({ authorization: expect.anything(), cookie: expect.anything() }),
      },
    ]);
    expect(seen[0]).toMatchObject({ headers: { accept: "text/html" } });
    expect(seen[0]).not.toHaveProperty("headers.x-key");
    status = 307;
    expect(await egress.fetch(origin, outgoing)).toMatchObject({ fetched: false });
    expect(seen).toHaveLength(1);
  });

  test("without end ends", async () => {
    const { origin } = await serve((_request, response) => response.writeHead(302, { location: "/again" }).end());
    expect(await createEgress({ trusted: [origin] }).fetch(origin, { signal })).toMatchObject({
      because: expect.stringContaining("more than 5 times"),
    });
  });
});

test("what is too large or too slow is given up, and a stop is a stop", async () => {
  const { origin } = await serve((request, response) => {
    if (request.url === "/large") response.end(Buffer.alloc(2_000));
    // Anything else is never answered.
  });
  const egress = createEgress({ trusted: [origin] });
  expect(await egress.fetch(`${origin}/large`, { signal, bytesMax: 1_000 })).toMatchObject({
    because: expect.stringContaining("larger than 1000 bytes"),
  });
  expect(await egress.fetch(`${origin}/slow`, { signal, deadlineMs: 50 })).toMatchObject({
    because: expect.stringContaining("longer than 0.05 seconds"),
  });
  await expect(egress.fetch(`${origin}/slow`, { signal: AbortSignal.abort() })).rejects.toThrow();
});

test("with a list of hosts nothing else is reached", async () => {
  const { origin } = await serve((_request, response) => response.end("ok"));
  const egress = createEgress({
    trusted: [origin],
    only: ["127.0.0.1", "*.example.org"],
    resolve: () => Promise.resolve(["127.0.0.1"]),
  });
  expect(await egress.fetch(origin, { signal })).toMatchObject({ fetched: true });
  expect(await egress.fetch("http://example.com/", { signal })).toMatchObject({
    because: expect.stringContaining("not on the list"),
  });
  expect(await egress.fetch("http://a.example.org/", { signal })).toMatchObject({
    because: expect.stringContaining("open internet"),
  });
});
