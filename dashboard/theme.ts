/** Dark, light, or what the system says: remembered in a cookie, so that it works without JavaScript. */
import type { Request, Response } from "express";
import { cookie } from "./request.ts";

export const THEMES = ["auto", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

const COOKIE = "kaos_theme";
const YEAR_MS = 365 * 24 * 3_600_000;

export function themeOf(request: Request): Theme {
  return THEMES.find((theme) => theme === cookie(request, COOKIE)) ?? "auto";
}

export function rememberTheme(response: Response, wanted: string | null): void {
  const theme = THEMES.find((known) => known === wanted) ?? "auto";
  response.cookie(COOKIE, theme, { httpOnly: true, sameSite: "strict", path: "/", maxAge: YEAR_MS });
}
