import { createReadStream } from "node:fs";

/** Lines of a file, which end at LF alone: JSON may hold U+2028 and U+2029 as they are, and readline splits there. */
export async function* readLines(path: string): AsyncGenerator<string> {
  let rest = "";
  for await (const chunk of createReadStream(path, { encoding: "utf8" })) {
    const pieces = (rest + String(chunk)).split("\n");
    rest = pieces.pop() ?? "";
    yield* pieces;
  }
  if (rest !== "") yield rest;
}
