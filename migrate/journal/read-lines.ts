import { readLineBytes } from "./read-line-bytes.js";

/** Lines of a file of our own, however long, which end at LF alone: JSON may hold U+2028 and U+2029 as they are, and readline splits there. */
export async function* readLines(path: string): AsyncGenerator<string> {
  for await (const { bytes } of readLineBytes(path, Number.POSITIVE_INFINITY)) yield bytes.toString("utf8");
}
