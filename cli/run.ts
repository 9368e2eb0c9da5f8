import type { Define } from "./command.ts";
export const run: Define = () => {};
