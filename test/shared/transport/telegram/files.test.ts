import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import {
  type AccountPaths,
  readAccount,
  readPosition,
  readSession,
  writeLogin,
  writePosition,
} from "../../../../shared/transport/telegram/files.ts";

describe("the files of an account", () => {
  let paths: AccountPaths;
  beforeEach(() => {
    const folder = mkdtempSync(join(tmpdir(), "kaos-files-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const at = (name: string) => join(folder, "agent", name);
    paths = { session: at("session"), account: at("account"), position: at("position"), standing: at("standing") };
  });

  const position = { pts: 1, qts: 2, date: 3, channels: { "100": 4 }, lastId: 5 };
  const whose = { id: "7", username: "nexus", name: "Nexus" };

  test("a login is kept for its owner alone, whole, with nothing left beside it", () => {
    writeLogin(paths, "secret", whose);
    expect(readSession(paths)).toBe("secret");
    expect(readAccount(paths)).toEqual(whose);
    for (const path of [paths.session, paths.account]) expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(paths.session, "..")).sort()).toEqual(["account", "session"]);
  });

  test("a session that others could read is closed before it is used", () => {
    writeLogin(paths, "secret", whose);
    chmodSync(paths.session, 0o644);
    readSession(paths);
    expect(statSync(paths.session).mode & 0o777).toBe(0o600);
  });

  test("the position of a former login is gone with the next, a damaged one counts as none", () => {
    writeLogin(paths, "secret", whose);
    writePosition(paths, position);
    expect(readPosition(paths)).toEqual(position);
    writeFileSync(paths.position, '{"pts":');
    expect(readPosition(paths)).toBeUndefined();
    writePosition(paths, position);
    writeLogin(paths, "other", whose);
    expect(readPosition(paths)).toBeUndefined();
  });

  test("nobody has logged in yet", () => {
    expect(readSession(paths)).toBeUndefined();
    expect(readAccount(paths)).toBeUndefined();
  });
});
