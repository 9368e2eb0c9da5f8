/** Every sign of an injection, family by family. A new one is an entry in its family's file. */
import type { Sign } from "../sign.ts";
import { asian } from "./asian.ts";
import { authority } from "./authority.ts";
import { european } from "./european.ts";
import { leak } from "./leak.ts";
import { override } from "./override.ts";
import { persona } from "./persona.ts";
import { russian } from "./russian.ts";
import { tricks } from "./tricks.ts";

/** Signs with what a text must have for any of them to be in it: most texts are of one script. */
export const families: readonly { needs: RegExp; signs: readonly Sign[] }[] = [
  { needs: /[a-z]/, signs: [...override, ...leak, ...persona, ...authority, ...tricks] },
  { needs: /[а-я]/, signs: russian },
  { needs: /\S/, signs: european },
  { needs: /[^\0-\u04ff]/, signs: asian },
];

export const signs: readonly Sign[] = families.flatMap((family) => family.signs);
