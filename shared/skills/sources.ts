/** Where a skill can come from, and how its files are fetched: a folder here, a place on GitHub, one file on the web. */
import { readFileSync, statSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { isMap, messageOf } from "../base/index.ts";
import { filesBelow, isMainFile, refusePath, type Skill, TEXT_BYTES_MAX, UnusableSkill } from "./folder.ts";
import { readFrontMatter } from "./front-matter.ts";

/** Files of one skill that are fetched from elsewhere, and bytes of all of them. */
const FETCHED_FILES_MAX = 60;
const FETCHED_BYTES_MAX = 2_000_000;
const LISTING_BYTES_MAX = 8_000_000;

export type Source =
  | { kind: "folder"; folder: string }
  | { kind: "github"; owner: string; repo: string; path: string; ref: string }
  | { kind: "web"; url: string };

/** Files in memory, with the address that pins them. */
export type Bundle = { directory: string; from: string; files: ReadonlyMap<string, Buffer> };

/** The part of the egress client that is needed: every address is checked there. */
export type FetchSkill = (
  url: string,
  outgoing: { signal: AbortSignal; bytesMax: number; headers: Readonly<Record<string, string>> },
) => Promise<{ fetched: true; status: number; body: Buffer } | { fetched: false; because: string }>;

export type Reach = { fetch: FetchSkill; signal: AbortSignal; github?: { api: string; raw: string } };

const GITHUB = { api: "https://api.github.com", raw: "https://raw.githubusercontent.com" };

/** Undefined for what is none of the three: `./folder`, `github:owner/repo/path@commit`, `https://…/SKILL.md`. */
export function parseSource(text: string): Source | undefined {
  const page = /^https:\/\/github\.com\/([\w.-]+)\/([\w.-]+)\/(?:tree|blob)\/([\w.-]+)\/(.+)$/u.exec(text);
  if (page !== null) return githubOf(page[1], page[2], page[4]?.replace(/\/(?:SKILL|skill)\.md$/u, ""), page[3]);
  const github = /^github:([\w.-]+)\/([\w.-]+)((?:\/[^@]+)?)(?:@([\w./-]+))?$/u.exec(text);
  if (github !== null) return githubOf(github[1], github[2], github[3]?.replace(/^\/|\/$/gu, ""), github[4]);
  if (text.startsWith("https://")) return URL.canParse(text) ? { kind: "web", url: text } : undefined;
  if (/^[a-z][\w+.-]+:/iu.test(text) || text.trim() === "") return undefined;
  return { kind: "folder", folder: resolve(text) };
}

/** Throws UnusableSkill with the reason when it cannot be had whole. */
export async function fetchBundle(source: Source, reach: Reach): Promise<Bundle> {
  switch (source.kind) {
    case "folder":
      return fromFolder(source.folder);
    case "github":
      return fromGithub(source, reach);
    case "web":
      return fromWeb(source.url, reach);
  }
}

/** The files of a skill that was read, as they lie there now. */
export function bundleOf(
  { directory, folder, files }: Pick<Skill, "directory" | "folder" | "files">,
  from: string,
): Bundle {
  return { directory, from, files: new Map(files.map(({ path }) => [path, readFileSync(join(folder, path))])) };
}

function fromFolder(folder: string): Bundle {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true)
    throw new UnusableSkill(`there is no folder ${folder}`);
  try {
    const files = filesBelow(folder).map(({ path }) => [path, readFileSync(join(folder, path))] as const);
    return { directory: directoryOf(basename(folder)), from: folder, files: new Map(files) };
  } catch (error) {
    if (error instanceof UnusableSkill) throw error;
    throw new UnusableSkill(`${folder} cannot be read: ${messageOf(error)}`, { cause: error });
  }
}

/** A name of a branch is settled to the commit that it stands for now, so that the same words never mean other bytes later. */
async function fromGithub(
  { owner, repo, path, ref }: Extract<Source, { kind: "github" }>,
  reach: Reach,
): Promise<Bundle> {
  const { api, raw } = reach.github ?? GITHUB;
  const commit = await readJson(`${api}/repos/${owner}/${repo}/commits/${encodeURIComponent(ref)}`, reach);
  const sha = isMap(commit) ? commit["sha"] : undefined;
  if (typeof sha !== "string" || !/^[0-9a-f]{40}$/u.test(sha))
    throw new UnusableSkill(`GitHub did not say which commit ${owner}/${repo}@${ref} is`);
  const listing = await readJson(`${api}/repos/${owner}/${repo}/git/trees/${sha}?recursive=1`, reach);
  if (isMap(listing) && listing["truncated"] === true)
    throw new UnusableSkill(
      `${owner}/${repo} is too large for GitHub to list whole; clone it and install from the folder`,
    );
  const prefix = path === "" ? "" : `${path}/`;
  const paths = treeOf(listing)
    .filter((entry) => entry.startsWith(prefix))
    .map((entry) => entry.slice(prefix.length))
    .filter((entry) => !entry.split("/").some((part) => part.startsWith(".")));
  if (!paths.some(isMainFile))
    throw new UnusableSkill(`${owner}/${repo} has no SKILL.md in ${path === "" ? "its top folder" : path}`);
  // A whole repository around a top-level skill is not the skill.
  const wanted =
    path === "" ? paths.filter((entry) => isMainFile(entry) || /^(?:references|scripts|assets)\//u.test(entry)) : paths;
  if (wanted.length > FETCHED_FILES_MAX)
    throw new UnusableSkill(`it has ${wanted.length} files, at most ${FETCHED_FILES_MAX} are fetched`);
  const files = new Map<string, Buffer>();
  let bytes = 0;
  for (const file of wanted) {
    refusePath(file);
    const address = [owner, repo, sha, ...`${prefix}${file}`.split("/")].map(encodeURIComponent).join("/");
    const body = await readBytes(`${raw}/${address}`, reach, FETCHED_BYTES_MAX - bytes);
    bytes += body.length;
    files.set(file, body);
  }
  const at = path === "" ? "" : `/${path}`;
  return {
    directory: directoryOf(path === "" ? repo : basename(path)),
    from: `github:${owner}/${repo}${at}@${sha}`,
    files,
  };
}

async function fromWeb(url: string, reach: Reach): Promise<Bundle> {
  const body = await readBytes(url, reach, TEXT_BYTES_MAX);
  const read = readFrontMatter(body.toString("utf8"));
  const name = read.readable ? read.fields["name"] : undefined;
  if (typeof name !== "string")
    throw new UnusableSkill(`${url} is no SKILL.md: ${read.readable ? "it has no `name`" : read.because}`);
  return { directory: directoryOf(name), from: url, files: new Map([["SKILL.md", body]]) };
}

async function readJson(url: string, reach: Reach): Promise<unknown> {
  const body = await readBytes(url, reach, LISTING_BYTES_MAX);
  try {
    return JSON.parse(body.toString("utf8"));
  } catch (cause) {
    throw new UnusableSkill(`${url} answered with what is no JSON`, { cause });
  }
}

async function readBytes(url: string, { fetch, signal }: Reach, bytesMax: number): Promise<Buffer> {
  const got = await fetch(url, { signal, bytesMax, headers: { "user-agent": "kaos", accept: "*/*" } });
  if (!got.fetched) throw new UnusableSkill(got.because);
  if (got.status !== 200) throw new UnusableSkill(`${url} answered with status ${got.status}`);
  return got.body;
}

function treeOf(listing: unknown): string[] {
  const tree = isMap(listing) ? listing["tree"] : undefined;
  if (!Array.isArray(tree)) throw new UnusableSkill("GitHub did not list the files");
  // Mode 120000 is a link, "commit" a submodule: only plain files are part of a skill.
  return tree.flatMap((entry: unknown) =>
    isMap(entry) && entry["type"] === "blob" && entry["mode"] !== "120000" && typeof entry["path"] === "string"
      ? [entry["path"]]
      : [],
  );
}

/** A folder's name made of any name: small letters, digits, hyphens. */
function directoryOf(name: string): string {
  const slug = name
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, "-")
    .replace(/^-+|-+$/gu, "")
    .slice(0, 64);
  if (slug === "") throw new UnusableSkill(`"${name}" has no letter to name a folder by`);
  return slug;
}

function githubOf(owner = "", repo = "", path = "", ref = "HEAD"): Source | undefined {
  return path.split("/").includes("..") ? undefined : { kind: "github", owner, repo, path, ref };
}
