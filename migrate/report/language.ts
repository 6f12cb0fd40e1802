import { formatBytes, formatCount, formatDuration, formatInstant } from "../model/text.js";
import french from "./french.json" with { type: "json" };

/** The languages of the reports that people read, `report.html` and `report.md`. */
export const LANGS = ["en", "fr"] as const;
export type Lang = (typeof LANGS)[number];

/** The language that the run recorded for its reports. */
export function langOf({ settings }: { readonly settings?: Readonly<Record<string, unknown>> | undefined }): Lang {
  return LANGS.find((lang) => lang === settings?.lang) ?? "en";
}

/** The sentences and words of the reports, in English. One without a translation in french.json does not compile. */
export type Sentence = keyof typeof french;

type Places<T extends string> = T extends `${string}{${infer Place}}${infer Rest}` ? Place | Places<Rest> : never;
type Names<T extends string, P = Places<T>> = P extends `#${string}` | `${string}|${string}` ? never : P;
type Counts<T extends string, P = Places<T>> = P extends `${infer Name}|${string}` ? Name : never;
type Values<T extends string> = [Names<T> | Counts<T>] extends [never]
  ? []
  : [
      { readonly [N in Exclude<Names<T>, Counts<T>> & string]: string | number } & {
        readonly [N in Counts<T>]: number;
      },
    ];

/** Writes words, figures and dates in one language. */
export interface Language {
  readonly code: Lang;
  /**
   * The sentence in this language. `{n}` becomes the value, and `{n|object|objects}` the first form for one and the
   * second for several. `{#policy}` distinguishes words that are the same in English, and is dropped.
   */
  readonly say: <T extends Sentence>(sentence: T, ...values: Values<T>) => string;
  readonly count: (count: number) => string;
  /** With one decimal. */
  readonly decimal: (number: number) => string;
  readonly bytes: (bytes: number) => string;
  readonly instant: (instant: string) => string;
  readonly duration: (milliseconds: number) => string;
  /** The text of a finished page, with the spaces that a line must not break at. */
  readonly finish: (text: string) => string;
}

const PLACE = /\{(#?)(\w+)(?:\|([^|}]*)\|([^|}]*))?\}/g;

function sayIn(lang: Lang, translated: (sentence: Sentence) => string, count: Language["count"]): Language["say"] {
  const plural = new Intl.PluralRules(lang);
  return (sentence, ...[values]: readonly [Readonly<Record<string, string | number>>?]) =>
    translated(sentence).replace(PLACE, (_, note: string, name: string, one?: string, other?: string) => {
      const value = values?.[name];
      if (note !== "" || value === undefined) return "";
      if (one !== undefined && other !== undefined) return plural.select(Number(value)) === "one" ? one : other;
      return typeof value === "number" ? count(value) : value;
    });
}

/** The first few of these names, and the number of further ones. */
export function firstFew(names: readonly string[], most: number, { say }: Language): string {
  const first = names.slice(0, most).join(", ");
  const more = names.length - most;
  return more > 0 ? say("{names} and {more} more", { names: first, more }) : first;
}

export const ENGLISH: Language = {
  code: "en",
  say: sayIn("en", (sentence) => sentence, formatCount),
  count: formatCount,
  decimal: (number) => number.toFixed(1),
  bytes: formatBytes,
  instant: formatInstant,
  duration: formatDuration,
  finish: (text) => text,
};

// Spaces that a line must not break at would be shown as tokens, as in the keys of objects. Until the page is finished, two
// noncharacters of Unicode stand for them; `withoutMarks` makes sure that no text of the run has these.
const SPACE = "\ufdd0";
const THIN_SPACE = "\ufdd1";
const MARKS = /[\ufdd0\ufdd1]/g;

const FRENCH_UNITS: Readonly<Record<string, string>> = { kB: "ko", MB: "Mo", GB: "Go", TB: "To", PB: "Po", EB: "Eo" };
const frenchCount = (count: number) => formatCount(count).replaceAll(",", THIN_SPACE);

/** "30,3 Mo", "1 octet". Anything below 2 is singular in French. */
function frenchBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes}${SPACE}${bytes < 2 ? "octet" : "octets"}`;
  const [figure = "", unit = ""] = formatBytes(bytes).split(" ");
  return `${figure.replace(",", THIN_SPACE).replace(".", ",")}${SPACE}${FRENCH_UNITS[unit] ?? unit}`;
}

/** Spaces before double punctuation and inside quotation marks, and apostrophes, as French is printed. */
function typeset(text: string): string {
  return text
    .replace(/ (?=[;?!])/g, THIN_SPACE)
    .replace(/ (?=[:»%])|(?<=«) /g, SPACE)
    .replace(/(?<=\p{L})'(?=[\p{L}{«])/gu, "\u2019");
}

const FRENCH: Language = {
  code: "fr",
  say: sayIn("fr", (sentence) => typeset(french[sentence]), frenchCount),
  count: frenchCount,
  decimal: (number) => number.toFixed(1).replace(".", ","),
  bytes: frenchBytes,
  instant: (instant) => formatInstant(instant).replace(/^(\d{4})-(\d\d)-(\d\d) (\S+) UTC$/, `$3/$2/$1 $4${SPACE}UTC`),
  duration: (milliseconds) => formatDuration(milliseconds).replace(",", THIN_SPACE).replace(".", ","),
  finish: (text) => text.replaceAll(SPACE, "\u00a0").replaceAll(THIN_SPACE, "\u202f"),
};

export const LANGUAGES: Readonly<Record<Lang, Language>> = { en: ENGLISH, fr: FRENCH };

/** The same value with the two marks of `typeset` as visible tokens in every text. */
export function withoutMarks<T>(value: T): T {
  if (typeof value === "string") return value.replace(MARKS, (mark) => (mark === SPACE ? "<U+FDD0>" : "<U+FDD1>")) as T;
  if (Array.isArray(value)) return value.map(withoutMarks) as T;
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, withoutMarks(inner)])) as T;
}
