/** What JSON may hold as it is, and what a terminal obeys or a reader of lines takes for the end of one. */
const ESCAPED = /[\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/** One line of NDJSON, ended. The value is the same for every reader of JSON. */
export function oneLineJson(value: unknown): string {
  const text = JSON.stringify(value).replace(
    ESCAPED,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return `${text}\n`;
}
