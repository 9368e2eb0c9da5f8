/** The browser as agents use it: a real Chromium, a real page on loopback, and a proxy that lets only that page through. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { openProxy } from "../../../shared/tools/browser/proxy.ts";
import { browserTools, createWindows } from "../../../shared/tools/index.ts";
import { standingClock } from "../../doubles/ledger.ts";
import { toolContext } from "../../doubles/tool-context.ts";

const seen: string[] = [];
let server: Server;
let port: number;
let folder: string;
// No window here gets old.
const clock = { ...standingClock(), sleep: () => new Promise<void>(() => {}) };
const windows = createWindows({
  executable: "",
  clock,
  reach: async (host, asked) =>
    host === "shop.example" && asked === port
      ? { allowed: true, address: "127.0.0.1" }
      : { allowed: false, because: `${host} is not on the open internet` },
});

const PAGE = `<!doctype html><title>Shop</title><h1>Orders</h1>
<form action="/order" method="post"><label>Name <input name="who"></label>
<label>Size <select name="size"><option>small</option><option>large</option></select></label><button>Order now</button></form>
<img src="http://127.0.0.1:8080/inside.png"><a href="/about">About</a>`;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "kaos-browser-"));
  server = createServer((request, response) => {
    seen.push(`${request.method} ${request.url} ${request.headers.cookie ?? "no cookie"}`);
    response.setHeader("content-type", "text/html");
    if (request.url === "/cookie") response.setHeader("set-cookie", "who=me");
    if (request.method !== "POST") return void response.end(PAGE);
    let body = "";
    request.on("data", (piece: Buffer) => (body += piece));
    request.on("end", () => response.end(`<title>Done</title><p>Ordered: ${body}</p>`));
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  port = (server.address() as AddressInfo).port;
});
beforeEach(() => void seen.splice(0));
afterAll(async () => {
  await windows.close();
  server.close().closeAllConnections();
  rmSync(folder, { recursive: true, force: true });
});

function browser(chat: string) {
  const tools = browserTools({ windows, chatOf: (context) => context.chat ?? context.turnId }, folder);
  return async (name: string, input: object, signal = new AbortController().signal): Promise<string> => {
    const tool = tools.find((one) => one.name === name);
    if (tool === undefined) throw new Error(`no tool ${name}`);
    const result = await tool.run(tool.input.parse(input), toolContext({ chat, signal }));
    return "text" in result ? result.text : "";
  };
}

const markOf = (page: string, line: RegExp): string =>
  /\[ref=(\w+)\]/.exec(line.exec(page)?.[0] ?? "")?.[1] ?? "no mark";

test("a page is opened, read, filled, clicked and kept as a picture", async () => {
  const use = browser("one");
  const page = await use("browser-open", { url: `http://shop.example:${port}/` });
  expect(page).toContain(`http://shop.example:${port}/\n# Shop\n`);
  expect(page).toContain('heading "Orders"');
  // What the page wanted from this machine itself did not come.
  expect(page).toContain("(Not loaded: 127.0.0.1 is not on the open internet.)");

  expect(await use("browser-type", { element: markOf(page, /textbox "Name".*/), text: "Ada" })).toMatch(
    /^Filled: e\d+\.$/,
  );
  await use("browser-type", { element: markOf(page, /combobox "Size".*/), text: "large" });
  expect(seen.filter((line) => line.startsWith("POST"))).toEqual([]);
  const done = await use("browser-click", { element: markOf(page, /button "Order now".*/), what: "orders" });
  expect(done).toContain("# Done");
  expect(done).toContain("Ordered: who=Ada&size=large");
  expect(await use("browser-read", {})).toContain("Ordered: who=Ada&size=large");

  expect(await use("browser-screenshot", { path: "pictures/done.png" })).toMatch(
    /^Written: pictures\/done\.png, \d+ bytes/,
  );
  expect(
    readFileSync(join(folder, "pictures", "done.png"))
      .subarray(1, 4)
      .toString(),
  ).toBe("PNG");
  await expect(use("browser-screenshot", { path: "../out.png" })).rejects.toThrow("is not a path in your workspace");
});

test("each chat has a window and cookies of its own, which go with it", async () => {
  const [here, there] = [browser("here"), browser("there")];
  await here("browser-open", { url: `http://shop.example:${port}/cookie` });
  seen.splice(0);
  await here("browser-open", { url: `http://shop.example:${port}/a` });
  await there("browser-open", { url: `http://shop.example:${port}/b` });
  await windows.leave("here");
  await here("browser-open", { url: `http://shop.example:${port}/c` });
  expect(seen.filter((line) => /\/[abc] /.test(line))).toEqual([
    "GET /a who=me",
    "GET /b no cookie",
    "GET /c no cookie",
  ]);
});

describe("rule 6: the proxy is the only way out", () => {
  test.each([
    "http://127.0.0.1:1/",
    "http://localhost/",
    "https://inside.example/",
    "http://[::1]:8080/",
    "http://169.254.169.254/",
  ])("%s is refused in a sentence", async (url) => {
    expect(await browser("refused")("browser-open", { url })).toMatch(
      /^Not opened: \S+ is not on the open internet\.$/,
    );
  });

  test.each(["file:///etc/passwd", "chrome://version", "javascript:alert(1)", "data:text/html,x", "about:blank"])(
    "%s is no address of the web",
    async (url) => {
      await expect(browser("refused")("browser-open", { url })).rejects.toThrow("write a whole address");
    },
  );
});

test("what does not work is one line, and the window is as it was", async () => {
  const use = browser("wrong");
  await use("browser-open", { url: `http://shop.example:${port}/` });
  await expect(use("browser-click", { element: "button", what: "x" })).rejects.toThrow("write the mark");
  await expect(use("browser-type", { element: "e9999", text: "x" })).rejects.toThrow(/^That did not work: /);
  expect(await use("browser-read", {})).toContain("# Shop");
});

test("a stopped call takes its window with it", async () => {
  const stop = new AbortController();
  stop.abort();
  await expect(
    browser("stopped")("browser-open", { url: `http://shop.example:${port}/` }, stop.signal),
  ).rejects.toThrow();
  expect(seen).toEqual([]);
});

test("a window that nobody uses is closed, and the browser with the last one", async () => {
  let now = 0;
  const looks: (() => void)[] = [];
  const sleep = () => new Promise<void>((resolve) => void looks.push(resolve));
  const alone = createWindows({
    executable: "",
    clock: { now: () => now, sleep },
    reach: () => Promise.reject(new Error("unused")),
  });
  const page = await alone.page("x");
  const gone = new Promise((resolve) => page.context().browser()?.once("disconnected", resolve));
  const closed = new Promise((resolve) => page.once("close", resolve));
  now = 3_600_001;
  for (const look of looks.splice(0)) look();
  await closed;
  await gone;
  await alone.close();
});

test("without a browser the sentence says what to do", async () => {
  const none = createWindows({
    executable: "/no/such/browser",
    clock,
    reach: () => Promise.reject(new Error("unused")),
  });
  await expect(none.page("x")).rejects.toThrow(
    /^No browser could be started .+ Install Chromium, or set BROWSER_PATH to one\.$/,
  );
  await none.close();
});

describe("the proxy by itself", () => {
  test("refuses what cannot be decided, and what is no whole address", async () => {
    const refused: string[] = [];
    const proxy = await openProxy(
      () => Promise.reject(new Error("no such name")),
      (host) => void refused.push(host),
    );
    const answer = await fetch(`http://127.0.0.1:${proxy.port}/path`);
    expect(answer.status).toBe(400);
    const { request } = await import("node:http");
    const status = await new Promise((resolve) => {
      const asked = request({ host: "127.0.0.1", port: proxy.port, path: "http://gone.example/" }, (got) =>
        resolve(got.statusCode),
      );
      asked.end();
    });
    expect(status).toBe(403);
    expect(refused).toEqual(["gone.example"]);
    await proxy.close();
  });
});
