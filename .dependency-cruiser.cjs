// The floors of the house, as ARCHITECTURE.md draws them. Each rule's `comment` says why it stands; depcruise prints it
// beside the import that breaks it.

/** A module imports from floors below its own; never from its own floor, never upwards. */
const floors = [
  ["base"],
  ["engine", "config", "sqlite", "schedule"],
  ["ledger", "memory", "skills", "llm", "transport", "audit", "turns", "telemetry", "search"],
  ["routing", "security", "tools", "mcp"],
  ["agent", "explain"],
  // the whole swarm in one process, on a clock of its own; a home as an archive, and what comes from other programs; recorded
  // turns played again
  ["simulation", "portability", "evals"],
];

const production = "^(agents|shared|supervisor|dashboard|cli)/";
const thinking = "^shared/(agent|routing|tools|mcp|transport)/";

const floorRules = floors.flatMap((modules, floor) =>
  modules.map((module) => ({
    name: `floor-${floor}-${module}`,
    comment:
      "A floor stands on those below it alone. Neighbours that know each other become one module nobody can replace; " +
      "pass what is needed as an argument, or move it down.",
    severity: "error",
    from: { path: `^shared/${module}/` },
    to: { path: "^shared/", pathNot: `^shared/(${[module, ...floors.slice(0, floor).flat()].join("|")})/` },
  })),
);

module.exports = {
  forbidden: [
    ...floorRules,
    {
      name: "known-module",
      comment: "Every folder in shared/ has its place on a floor (the list at the top of this file).",
      severity: "error",
      from: { path: "^shared/", pathNot: `^shared/(${floors.flat().join("|")})/` },
      to: {},
    },
    {
      name: "front-door",
      comment:
        "A module is entered through its index.ts, so that everything behind it can change without asking anyone.",
      severity: "error",
      from: { path: "^(?:shared/([^/]+)|agents|supervisor|dashboard|cli|bench)/" },
      to: { path: "^shared/", pathNot: "^shared/[^/]+/index\\.ts$|^shared/$1/" },
    },
    {
      name: "engine-is-pure",
      comment: "The loop must run anywhere and be tested without a machine: no Node builtin, no package.",
      severity: "error",
      from: { path: "^shared/engine/" },
      to: { pathNot: "^shared/|^node_modules/zod/" },
    },
    {
      name: "engine-knows-zod-as-a-type",
      comment: "A tool's schema is zod's, its type is enough for the engine: import type { z } from zod.",
      severity: "error",
      from: { path: "^shared/engine/" },
      to: { path: "^node_modules/zod/", dependencyTypesNot: ["type-only"] },
    },
    {
      name: "explain-only-reads",
      comment:
        "A replay decides again by the pure functions of routing. It has no model, no transport and no store of its own, so whoever looks may use it.",
      severity: "error",
      from: { path: "^shared/explain/" },
      to: { pathNot: "^shared/(explain|base|ledger|routing)/" },
    },
    {
      name: "shared-knows-no-process",
      comment: "Processes put shared parts together, never the other way round.",
      severity: "error",
      from: { path: "^shared/" },
      to: { path: "^(agents|supervisor|dashboard|cli|bench)/" },
    },
    {
      name: "dashboard-only-looks",
      comment:
        "The dashboard reads stores and acts by writing an approval, a control or an assignment: it cannot think or speak.",
      severity: "error",
      from: { path: "^dashboard/" },
      to: { path: [thinking, "^(agents|supervisor|cli)/"] },
    },
    {
      name: "supervisor-does-not-think",
      comment: "The supervisor keeps time. Work that needs thought is an assignment that an agent takes.",
      severity: "error",
      from: { path: "^supervisor/" },
      to: { path: [thinking, "^(agents|cli)/"] },
    },
    {
      name: "agent-process-stands-alone",
      comment: "An agent shares the ledger with the other processes and nothing else.",
      severity: "error",
      from: { path: "^agents/" },
      to: { path: "^(supervisor|dashboard|cli)/" },
    },
    {
      name: "pm2-is-a-program",
      comment: "pm2 is AGPL: it is started as a program and never becomes part of ours.",
      severity: "error",
      from: {},
      to: { path: "^node_modules/pm2/" },
    },
    {
      name: "no-test-code-in-production",
      comment: "What runs at a user's place depends neither on tests nor on packages that only development installs.",
      severity: "error",
      from: { path: production },
      to: { path: "^(test|bench)/" },
    },
    {
      name: "no-development-package-in-production",
      comment:
        "What runs at a user's place depends neither on tests nor on packages that only development installs. A clone is bundled by one.",
      severity: "error",
      from: { path: production, pathNot: "^cli/setup/bundle\\.cjs$" },
      to: { dependencyTypes: ["npm-dev"], dependencyTypesNot: ["npm", "type-only"] },
    },
    {
      name: "resolvable",
      comment: "An import leads to a file or to a package that package.json names.",
      severity: "error",
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: "no-circles",
      comment: "Two files that need each other are one file, or hide a third. Types count: a reader follows them too.",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    {
      name: "no-orphans",
      comment: "A file that nothing imports and that imports nothing is forgotten.",
      severity: "error",
      from: { orphan: true, path: "^(agents|shared|supervisor|dashboard|cli|bench)/", pathNot: "main\\.ts$|\\.cjs$" },
      to: {},
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    doNotFollow: { path: "node_modules" },
    exclude: { path: "^dashboard/assets/" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "require", "node", "default", "types"],
      extensions: [".ts", ".js", ".cjs", ".json"],
    },
  },
};
