/** Where the supervisor is: its process and the address of its control room, for those who look for it. */
import type { Clock } from "../base/index.ts";
import type { Atomic, Database } from "../sqlite/index.ts";
import { ALIVE_MS } from "./limits.ts";

export type SupervisorState = { pid: number; url: string; upAt: number; beatAt: number; alive: boolean };

export interface Supervisor {
  announce(pid: number, url: string): Promise<void>;
  beat(pid: number): Promise<void>;
  leave(pid: number): Promise<void>;
  /** Undefined when none runs or ever ran. */
  state(): Promise<SupervisorState | undefined>;
}

type Row = { pid: number; url: string; up_at: number; beat_at: number };

export function createSupervisor(db: Database, { read, write, writeLightly }: Atomic, clock: Clock): Supervisor {
  const announce = db.prepare(`
    INSERT INTO supervisor (id, pid, url, up_at, beat_at) VALUES (1, @pid, @url, @now, @now)
    ON CONFLICT (id) DO UPDATE SET pid = @pid, url = @url, up_at = @now, beat_at = @now
  `);
  const beat = db.prepare("UPDATE supervisor SET beat_at = ? WHERE pid = ?");
  const leave = db.prepare("DELETE FROM supervisor WHERE pid = ?");
  const state = db.prepare<[], Row>("SELECT pid, url, up_at, beat_at FROM supervisor");
  return {
    announce: write((pid: number, url: string) => void announce.run({ pid, url, now: clock.now() })),
    beat: writeLightly((pid: number) => void beat.run(clock.now(), pid)),
    leave: write((pid: number) => void leave.run(pid)),
    state: read(() => {
      const row = state.get();
      if (row === undefined) return undefined;
      const alive = Math.abs(clock.now() - row.beat_at) <= ALIVE_MS;
      return { pid: row.pid, url: row.url, upAt: row.up_at, beatAt: row.beat_at, alive };
    }),
  };
}
