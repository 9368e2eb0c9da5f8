/** The few sentences that the offline model says in its own name, in its three languages. */
import type { Language } from "./language.ts";

type Phrase = Readonly<Record<Language, string>>;
type PhraseAbout = Readonly<Record<Language, (what: string) => string>>;

/** To whoever asks what is speaking here. */
export const honest: Phrase = {
  en: "Honestly: what answers you is the offline model. It arranges lines prepared for this persona and does not think. Set a provider, for example DEEPSEEK_API_KEY and KAOS_STANDARD_CHAIN=deepseek, and a thinking model speaks here.",
  ru: "Честно: вам отвечает офлайн-модель. Она складывает ответы из заранее написанных реплик этой персоны и не думает. Задайте провайдера, например DEEPSEEK_API_KEY и KAOS_STANDARD_CHAIN=deepseek, и здесь заговорит думающая модель.",
  de: "Ganz ehrlich: Dir antwortet das Offline-Modell. Es ordnet vorbereitete Sätze dieser Persona und denkt nicht. Mit einem Anbieter, zum Beispiel DEEPSEEK_API_KEY und KAOS_STANDARD_CHAIN=deepseek, spricht hier ein denkendes Modell.",
};

/** When the persona brings no lines at all. */
export const noLines: Phrase = {
  en: "I am the offline model, and no lines were prepared for me here. I can tell the time, calculate and keep notes; for real answers set a provider, for example KAOS_STANDARD_CHAIN=deepseek.",
  ru: "Я офлайн-модель, и реплик для меня здесь не подготовили. Могу сказать время, посчитать и запомнить; для настоящих ответов задайте провайдера, например KAOS_STANDARD_CHAIN=deepseek.",
  de: "Ich bin das Offline-Modell, und für mich wurden hier keine Sätze vorbereitet. Ich kann die Uhrzeit sagen, rechnen und mir etwas merken; für echte Antworten setze einen Anbieter, zum Beispiel KAOS_STANDARD_CHAIN=deepseek.",
};

export const remembered: PhraseAbout = {
  en: (what) => `I remember: ${what}`,
  ru: (what) => `Я помню: ${what}`,
  de: (what) => `Ich erinnere mich: ${what}`,
};

export const toolFailed: PhraseAbout = {
  en: (what) => `That did not work: ${what}`,
  ru: (what) => `Не получилось: ${what}`,
  de: (what) => `Das hat nicht geklappt: ${what}`,
};

export const nothingToAdd: Phrase = {
  en: "Nothing to add to that.",
  ru: "Добавить к этому нечего.",
  de: "Dem ist nichts hinzuzufügen.",
};
