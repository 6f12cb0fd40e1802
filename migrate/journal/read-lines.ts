import { createReadStream } from "node:fs";

/**
 * Lines of a file, which end at LF alone: JSON may hold U+2028 and U+2029 as they are, and readline splits there. `onRest` is
 * called before a last line that has no end.
 */
export async function* readLines(path: string, onRest: () => void = () => undefined): AsyncGenerator<string> {
  let rest = "";
  for await (const chunk of createReadStream(path, { encoding: "utf8" })) {
    const pieces = (rest + String(chunk)).split("\n");
    rest = pieces.pop() ?? "";
    yield* pieces;
  }
  if (rest === "") return;
  onRest();
  yield rest;
}
