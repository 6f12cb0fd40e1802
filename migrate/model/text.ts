import prettyBytes from "pretty-bytes";

// Code points that a reader cannot see, or that change how adjacent characters are displayed. Listed by
// number, since the character classes of regular expressions depend on the Unicode version of Node.
const INVISIBLE_RANGES: readonly (readonly [first: number, last: number])[] = [
  [0x00, 0x1f],
  [0x7f, 0xa0],
  [0xad, 0xad],
  [0x34f, 0x34f],
  [0x61c, 0x61c],
  [0x115f, 0x1160],
  [0x1680, 0x1680],
  [0x17b4, 0x17b5],
  [0x180b, 0x180f],
  [0x2000, 0x200f],
  [0x2028, 0x202f],
  [0x205f, 0x206f],
  [0x2800, 0x2800],
  [0x3000, 0x3000],
  [0x3164, 0x3164],
  [0xd800, 0xdfff],
  [0xfe00, 0xfe0f],
  [0xfeff, 0xfeff],
  [0xffa0, 0xffa0],
  [0xfff0, 0xfffb],
  [0x1bca0, 0x1bca3],
  [0x1d173, 0x1d17a],
  [0xe0000, 0xe0fff],
];

const classes = INVISIBLE_RANGES.map(([first, last]) => `\\u{${first.toString(16)}}-\\u{${last.toString(16)}}`);
const INVISIBLE = new RegExp(`[${classes.join("")}]`, "gu");
const BEGINS_INVISIBLY = new RegExp(`^${INVISIBLE.source}`, "u");

export function beginsInvisibly(text: string): boolean {
  return BEGINS_INVISIBLY.test(text);
}

/**
 * The text with every control, bidirectional or otherwise invisible character replaced by a token such as
 * `<U+202E>`, so that a key can neither control a terminal nor imitate another key.
 */
export function visibleText(text: string): string {
  return text.replace(INVISIBLE, (character) => `<${codePointName(character)}>`);
}

/** The same in parts: visible text, and tokens for invisible characters. */
export function visibleParts(text: string): readonly { readonly kind: "text" | "token"; readonly text: string }[] {
  const parts: { kind: "text" | "token"; text: string }[] = [];
  let from = 0;
  for (const found of text.matchAll(INVISIBLE)) {
    parts.push({ kind: "text", text: text.slice(from, found.index) });
    parts.push({ kind: "token", text: codePointName(found[0]) });
    from = found.index + found[0].length;
  }
  parts.push({ kind: "text", text: text.slice(from) });
  return parts.filter((part) => part.text !== "");
}

function codePointName(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
}

// Written out instead of using Intl: a figure must have the same bytes on every Node version and in every
// locale.

/** 2146 as "2,146". */
export function formatCount(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** "1 object", "2,146 objects". */
export function countOf(count: number, noun: string, plural = `${noun}s`): string {
  return `${formatCount(count)} ${count === 1 ? noun : plural}`;
}

/** "1 more line is wrong". */
export function moreWrong(lines: number): string {
  return `${countOf(lines, "more line")} ${lines === 1 ? "is" : "are"} wrong`;
}

export function formatBytes(bytes: number): string {
  return prettyBytes(bytes, { space: true });
}

/** "2026-11-23 14:03:12 UTC". Anything that is not a UTC instant stays unchanged. */
export function formatInstant(instant: string): string {
  const found = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.\d+)?Z$/.exec(instant);
  return found === null ? instant : `${found[1]} ${found[2]} UTC`;
}

/** "58 min 12 s": only the two largest units. */
export function formatDuration(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000);
  if (seconds < 60) {
    return `${(Math.floor(milliseconds / 100) / 10).toFixed(1)} s`;
  }
  return seconds < 3600
    ? `${Math.floor(seconds / 60)} min ${seconds % 60} s`
    : `${formatCount(Math.floor(seconds / 3600))} h ${Math.floor((seconds % 3600) / 60)} min`;
}
