import type { Define } from "./command.ts";
export const chat: Define = () => {};
