/** The socket: a taken port gets a sentence, and closing ends live streams. */
import { get } from "node:http";
import express from "express";
import { expect, onTestFinished, test } from "vitest";
import { rightHost } from "../../dashboard/guard.ts";
import { listen, PortTaken } from "../../dashboard/listen.ts";
import type { Refusal } from "../../dashboard/told.ts";

test("a taken port is told with the next step", async () => {
  const first = await listen(express(), { host: "127.0.0.1", port: 0 });
  const second = listen(express(), { host: "127.0.0.1", port: first.port });
  await expect(second).rejects.toThrow(PortTaken);
  await expect(second).rejects.toThrow(
    `Port ${first.port} on 127.0.0.1 is taken by another program. Stop that program, or choose another port with DASHBOARD_PORT`,
  );
  await first.close();
});

test("an address that this machine does not have is told with the next step", async () => {
  await expect(listen(express(), { host: "192.0.2.1", port: 0 })).rejects.toThrow("Set DASHBOARD_HOST to 127.0.0.1");
});

test("a room that listens on IPv6 opens at the address it prints, and under the names that were allowed", async () => {
  for (const host of ["::", "::1"]) {
    const app = express().use(rightHost([host, "kaos.example.org", "2001:DB8:0::1"]));
    app.get("/", (_request, response) => void response.send("open"));
    app.use(((error: Refusal, _request, response, _next) => {
      response.sendStatus(error.status);
    }) satisfies express.ErrorRequestHandler);
    const { url, port, close } = await listen(app, { host, port: 0 });
    onTestFinished(close);
    expect(await (await fetch(url)).text(), url).toBe("open");
    const asked = (name: string) =>
      new Promise((resolve, reject) => {
        get({ host: "::1", port, headers: { host: name } }, (response) => {
          response.resume();
          resolve(response.statusCode);
        }).on("error", reject);
      });
    for (const name of ["kaos.example.org", "KAOS.example.org:8443", "[2001:db8::1]:80"])
      expect(await asked(name), name).toBe(200);
    for (const name of ["evil.example", "evil.example:8789", "[2001:db8::2]"])
      expect(await asked(name), name).toBe(421);
  }
});

test("closing does not wait for streams", async () => {
  const app = express();
  app.get("/", (_request, response) => void response.write("still here"));
  const { url, close } = await listen(app, { host: "127.0.0.1", port: 0 });
  const reader = (await fetch(url)).body?.getReader();
  await reader?.read();
  await close();
  await expect(reader?.read()).rejects.toThrow();
});
