// The few rules that need types or name an API: promises nobody waits for, cases nobody handles, shells.
// Everything else is biome's.
import typescript from "typescript-eslint";

const shells = "A shell reads its text as a program. Start the program itself: spawn(file, [arguments]) or execFile.";
const noShells = {
  "no-restricted-imports": [
    "error",
    {
      paths: ["child_process", "node:child_process"].map((name) => ({
        name,
        importNames: ["exec", "execSync"],
        message: shells,
      })),
    },
  ],
  "no-restricted-syntax": [
    "error",
    { selector: "Property[key.name='shell'][value.value!=false]", message: shells },
    {
      selector: "VariableDeclarator[init.arguments.0.value=/child_process$/] Property[key.name=/^exec(Sync)?$/]",
      message: shells,
    },
    {
      selector: "VariableDeclarator[init.argument.source.value=/child_process$/] Property[key.name=/^exec(Sync)?$/]",
      message: shells,
    },
    {
      selector: "MemberExpression[object.name=/^(child_?process|cp)$/i][property.name=/^exec(Sync)?$/]",
      message: shells,
    },
  ],
};

export default [
  { ignores: ["node_modules", "dist", "dist.*", ".node", "data", "dashboard/assets"] },
  { files: ["**/*.cjs"], languageOptions: { sourceType: "commonjs" }, rules: noShells },
  {
    files: ["**/*.ts"],
    plugins: { "@typescript-eslint": typescript.plugin },
    languageOptions: {
      parser: typescript.parser,
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      ...noShells,
      "@typescript-eslint/await-thenable": "error",
      "@typescript-eslint/no-floating-promises": "error",

      "@typescript-eslint/no-misused-promises": "error",
      "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
    },
  },
];
