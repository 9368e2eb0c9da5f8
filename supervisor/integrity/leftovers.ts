/** What killed work left behind: locks that are none, half copies, temporary folders. */
import { existsSync, lstatSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, relative } from "node:path";
import type { Home } from "../../shared/config/index.ts";
import { takeLock } from "../../shared/sqlite/index.ts";
import type { Damage } from "./damage.ts";

/** Whoever works on a half file writes it within this. */
const UNFINISHED_AFTER_MS = 60 * 60_000;
/** Temporary folders of anybody's work are left alone for a day. */
const TEMPORARY_AFTER_MS = 24 * 60 * 60_000;
const UNFINISHED = /\.(?:unfinished|tmp|mending|fresh)(?:-wal|-shm)?$/;
const TEMPORARY =
  /^kaos-(?:drill|upgrade|export|import|personas|hermes|sandbox|code|sim|mcp|skills|schema|eval)-\w{6}$/;

/** Nothing runs in this home. Paths are relative to it, or absolute outside. */
export function lookAtLeftovers(home: Home, now: number): Damage[] {
  if (!existsSync(home.folder)) return [];
  return [...staleLocks(home), ...unfinished(home.folder, now), ...temporary(now)];
}

function staleLocks(home: Home): Damage[] {
  const agents = join(home.folder, "agents");
  const names = existsSync(agents) ? readdirSync(agents) : [];
  const locks = [
    home.supervisorLock,
    join(home.folder, "processes.lock"),
    ...names.map((name) => home.agent(name).lock),
  ].filter(existsSync);
  const broken = locks.flatMap((lock): Damage[] => {
    try {
      takeLock(lock)?.release();
      return [];
    } catch {
      const path = relative(home.folder, lock);
      return [
        {
          path,
          kind: "stale lock",
          says: `${path} is no lock, and nobody can take it`,
          stops: true,
          mends: "moves it away; the next start makes it",
        },
      ];
    }
  });
  const daemon = ["pm2.pid", "rpc.sock", "pub.sock"].map((name) => join(home.pm2, name)).filter(there);
  const pid = join(home.pm2, "pm2.pid");
  if (daemon.length === 0 || (existsSync(pid) && lives(Number(readFileSync(pid, "utf8"))))) return broken;
  return [
    ...broken,
    ...daemon.map((file): Damage => {
      const path = relative(home.folder, file);
      return {
        path,
        kind: "stale lock",
        says: `pm2 was killed here and left ${path} behind`,
        stops: false,
        mends: "takes it away",
      };
    }),
  ];
}

function unfinished(folder: string, now: number): Damage[] {
  const isOurs = (name: string) => UNFINISHED.test(name);
  return (
    readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((path) => isOurs(basename(path)) && !path.split(/[\\/]/).slice(0, -1).some(isOurs))
      // An agent's workspace is the agent's, whatever the names there.
      .filter((path) => !/^agents[\\/][^\\/]+[\\/]workspace[\\/]/.test(path) && !/^(?:damaged|pm2)[\\/]/.test(path))
      .filter((path) => isOlder(join(folder, path), now - UNFINISHED_AFTER_MS))
      .map((path) => ({
        path,
        kind: "left over",
        says: `${path} was begun and never finished`,
        stops: false,
        mends: "takes it away",
      }))
  );
}

function temporary(now: number): Damage[] {
  return readdirSync(tmpdir())
    .filter((name) => TEMPORARY.test(name))
    .map((name) => join(tmpdir(), name))
    .filter((path) => isOlder(path, now - TEMPORARY_AFTER_MS) && isMine(path))
    .map((path) => ({
      path,
      kind: "left over",
      says: `${path} was left by work that was killed`,
      stops: false,
      mends: "takes it away",
    }));
}

function there(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

function isOlder(path: string, time: number): boolean {
  const found = lstatSync(path, { throwIfNoEntry: false });
  return found !== undefined && found.mtimeMs < time;
}

function isMine(path: string): boolean {
  const found = lstatSync(path, { throwIfNoEntry: false });
  return found?.isDirectory() === true && found.uid === process.getuid?.();
}

function lives(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
