export type { Became } from "./became.ts";
export { type ExportDeps, type Exported, exportHome } from "./export-home.ts";
export { type ForeignReport, importFrom } from "./foreign/import-from.ts";
export { type ForeignSource, foreignSources } from "./foreign/sources.ts";
export { type ImportDeps, type Imported, importHome } from "./import-home.ts";
export { ArchiveRefused } from "./refused.ts";
