/** The tools that every agent has. A new one is one file here and one line in a list. */
import type { Clock } from "../base/index.ts";
import type { Tool } from "../engine/index.ts";
import type { SearchSettings } from "../search/index.ts";
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
import type { McpDesk } from "./mcp/desk.ts";
import { mcpAddServer } from "./mcp/mcp-add-server.ts";
import { mcpListServers } from "./mcp/mcp-list-servers.ts";
import { mcpRemoveServer } from "./mcp/mcp-remove-server.ts";
import { forget } from "./memory/forget.ts";
import type { Place, Remembered } from "./memory/place.ts";
import { recall } from "./memory/recall.ts";
import { remember } from "./memory/remember.ts";
import { searchSessions } from "./memory/search-sessions.ts";
import type { FetchPage } from "./pages/door.ts";
import { fetchPage } from "./pages/fetch-page.ts";
import type { ReadPage } from "./pages/readable.ts";
import { searchWeb } from "./pages/search-web.ts";
import { pass } from "./pass.ts";
import { type AskingDeps, askPerson } from "./people/ask-person.ts";
import type { PlanDesk } from "./plans/desk.ts";
import { planCreate } from "./plans/plan-create.ts";
import { planShow } from "./plans/plan-show.ts";
import { planUpdate } from "./plans/plan-update.ts";
import { type ReminderDeps, scheduleReminder } from "./reminders/schedule-reminder.ts";
import { openRegister } from "./server/register.ts";
import { serverAct } from "./server/server-act.ts";
import { serverList } from "./server/server-list.ts";
import { serverLook } from "./server/server-look.ts";
import type { OnServer } from "./server/ssh.ts";
import { listSkills } from "./skills/list-skills.ts";
import { loadSkill } from "./skills/load-skill.ts";
import { loadSkillReference } from "./skills/load-skill-reference.ts";

export { createWindows } from "./browser/window.ts";
export { whenEnded } from "./colleagues/errand.ts";
export { returnWork } from "./colleagues/return-work.ts";
export { proveWalls } from "./dynamic/probes.ts";
export { createSandbox } from "./dynamic/sandbox.ts";
export type { McpDesk } from "./mcp/desk.ts";
export { type Readable, type ReadPage, readable } from "./pages/readable.ts";
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
  const asking = [askColleague(desk, errand), conveneCouncil(desk, errand)];
  // What no person asked cannot be answered in another's place.
  return errand.message === null ? asking : [...asking, handOver(desk, errand)];
}

/** The agent's own memory, for whoever the turn answers. Made anew for each turn. */
export function memoryTools(memory: Remembered, place: Place): Tool[] {
  return [forget(memory, place), recall(memory, place), remember(memory, place), searchSessions(memory, place)];
}

/** What only a person knows. */
export function peopleTools(deps: AskingDeps): Tool[] {
  return [askPerson(deps)];
}

/** The timetable, for what a person wants to be told or done later. */
export function reminderTools(deps: ReminderDeps): Tool[] {
  return [scheduleReminder(deps)];
}

type WebToolDeps = {
  /** Reaches the open internet. */
  fetch: FetchPage;
  /** Makes text of a page, without what nobody sees of it. */
  read: ReadPage;
  /** Reaches the search engine, wherever it stands. */
  ask: FetchPage;
  search: SearchSettings;
};

/** Reading the web. */
export function webTools({ fetch, read, ask, search }: WebToolDeps): Tool[] {
  return [fetchPage(fetch, read), searchWeb(ask, search)];
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
  codeAllowed: () => boolean;
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

/** Adding and removing MCP servers while running. All are behind a gate. */
export function mcpTools(desk: McpDesk): Tool[] {
  return [mcpAddServer(desk), mcpListServers(desk), mcpRemoveServer(desk)];
}

/** The protocols an agent can load, and what lies beside them. */
export function skillTools(skills: Pick<Skills, "list" | "load" | "reference">): Tool[] {
  return [listSkills(skills), loadSkill(skills), loadSkillReference(skills)];
}

/** Work that takes days, written down for later. */
export function planTools(desk: PlanDesk): Tool[] {
  return [planCreate(desk), planShow(desk), planUpdate(desk)];
}
