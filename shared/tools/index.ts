/** The tools that every agent has. A new one is one file here and one line in a list. */
import type { Clock } from "../base/index.ts";
import type { Tool } from "../engine/index.ts";
import type { Skills } from "../skills/index.ts";
import { browserClick } from "./browser/browser-click.ts";
import { browserOpen } from "./browser/browser-open.ts";
import { browserRead } from "./browser/browser-read.ts";
import { browserScreenshot } from "./browser/browser-screenshot.ts";
import { browserType } from "./browser/browser-type.ts";
import type { Browsing } from "./browser/page.ts";
import { calculate } from "./calculate.ts";
import { askColleague } from "./colleagues/ask-colleague.ts";
import { conveneCouncil } from "./colleagues/convene-council.ts";
import type { Desk, Errand } from "./colleagues/errand.ts";
import { handOver } from "./colleagues/hand-over.ts";
import { currentTime } from "./current-time.ts";
import { listOwnTools } from "./dynamic/list-own-tools.ts";
import { proposeTool } from "./dynamic/propose-tool.ts";
import { runCode } from "./dynamic/run-code.ts";
import { runCodeUnsandboxed } from "./dynamic/run-code-unsandboxed.ts";
import type { Sandbox } from "./dynamic/sandbox.ts";
import { openShelf } from "./dynamic/shelf.ts";
import { useOwnTool } from "./dynamic/use-own-tool.ts";
import { openWorkspace } from "./files/door.ts";
import { listFiles } from "./files/list-files.ts";
import { readFile } from "./files/read-file.ts";
import { writeFile } from "./files/write-file.ts";
import { forget } from "./memory/forget.ts";
import type { Place, Remembered } from "./memory/place.ts";
import { recall } from "./memory/recall.ts";
import { remember } from "./memory/remember.ts";
import { searchSessions } from "./memory/search-sessions.ts";
import type { FetchPage } from "./pages/door.ts";
import type { SearchSettings } from "./pages/engines.ts";
import { fetchPage } from "./pages/fetch-page.ts";
import { searchWeb } from "./pages/search-web.ts";
import { pass } from "./pass.ts";
import { openRegister } from "./server/register.ts";
import { serverAct } from "./server/server-act.ts";
import { serverList } from "./server/server-list.ts";
import { serverLook } from "./server/server-look.ts";
import type { OnServer } from "./server/ssh.ts";
import { loadSkill } from "./skills/load-skill.ts";
import { loadSkillReference } from "./skills/load-skill-reference.ts";

export { createWindows } from "./browser/window.ts";
export { whenEnded } from "./colleagues/errand.ts";
export { returnWork } from "./colleagues/return-work.ts";
export { proveWalls } from "./dynamic/probes.ts";
export { createSandbox } from "./dynamic/sandbox.ts";
export { pass } from "./pass.ts";
export { createSsh } from "./server/ssh.ts";

/** `workspace` is the agent's own folder. */
export function builtInTools({ clock, workspace }: { clock: Clock; workspace: string }): Tool[] {
  const files = openWorkspace(workspace);
  return [calculate, currentTime(clock), listFiles(files), pass, readFile(files), writeFile(files)];
}

/** How an agent works together with its colleagues in one turn. Made anew for each turn; none for an agent that is alone. */
export function colleagueTools(desk: Desk, errand: Errand): Tool[] {
  if (errand.members.length < 2) return [];
  return [askColleague(desk, errand), conveneCouncil(desk, errand), handOver(desk, errand)];
}

/** The agent's own memory, for whoever the turn answers. Made anew for each turn. */
export function memoryTools(memory: Remembered, place: Place): Tool[] {
  return [forget(memory, place), recall(memory, place), remember(memory, place), searchSessions(memory, place)];
}

/** Reading the web. `fetch` reaches the open internet; `ask` reaches the search engine, wherever it stands. */
export function webTools({ fetch, ask, search }: { fetch: FetchPage; ask: FetchPage; search: SearchSettings }): Tool[] {
  return [fetchPage(fetch), searchWeb(ask, search)];
}

/** A real browser. `workspace` is where pictures go. */
export function browserTools(browsing: Browsing, workspace: string): Tool[] {
  return [
    browserClick(browsing),
    browserOpen(browsing),
    browserRead(browsing),
    browserScreenshot(browsing, openWorkspace(workspace)),
    browserType(browsing),
  ];
}

type CodeToolDeps = {
  sandbox: Sandbox;
  folder: string;
  /** Whether the gate for code of agents is open, for the one tool that needs two. */
  codeAllowed: boolean;
};

/** Code that the agent writes itself. `folder` is where its own tools are kept. All are behind gates. */
export function codeTools({ sandbox, folder, codeAllowed }: CodeToolDeps): Tool[] {
  const shelf = openShelf(folder);
  return [
    listOwnTools(shelf),
    proposeTool(sandbox, shelf),
    runCode(sandbox),
    runCodeUnsandboxed(sandbox, codeAllowed),
    useOwnTool(sandbox, shelf),
  ];
}

/** Looking after servers. `file` is the register of servers that a person writes. All are behind a gate. */
export function serverTools(file: string, onServer: OnServer): Tool[] {
  const register = openRegister(file);
  return [serverAct(register, onServer), serverList(register), serverLook(register, onServer)];
}

/** The protocols an agent can load, and what lies beside them. */
export function skillTools(skills: Pick<Skills, "load" | "reference">): Tool[] {
  return [loadSkill(skills), loadSkillReference(skills)];
}
