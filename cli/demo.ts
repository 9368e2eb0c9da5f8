import type { Define } from "./command.ts";
export const demo: Define = () => {};
