/** The socket: a taken port gets a sentence, and closing ends live streams. */
import express from "express";
import { expect, test } from "vitest";
import { listen, PortTaken } from "../../dashboard/listen.ts";

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

test("closing does not wait for streams", async () => {
  const app = express();
  app.get("/", (_request, response) => void response.write("still here"));
  const { url, close } = await listen(app, { host: "127.0.0.1", port: 0 });
  const reader = (await fetch(url)).body?.getReader();
  await reader?.read();
  await close();
  await expect(reader?.read()).rejects.toThrow();
});
