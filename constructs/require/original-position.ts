import { readFileSync } from "node:fs";
import { SourceMap, type SourceMapPayload } from "node:module";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";

export interface Position {
  readonly file: string;
  /** Both count from 1. */
  readonly line: number;
  readonly column: number;
}

/** Where a line of compiled JavaScript was written, by its source map; the position itself where there is none. */
export function originalPosition(position: Position): Position {
  try {
    const map = sourceMapOf(position.file);
    const found = map?.findEntry(position.line - 1, position.column - 1);
    if (found === undefined || !("originalSource" in found)) return position;
    const { originalSource, originalLine, originalColumn } = found;
    return { file: pathOf(originalSource, position.file), line: originalLine + 1, column: originalColumn + 1 };
  } catch {
    // A map that is missing or broken costs the better position only.
    return position;
  }
}

function sourceMapOf(file: string): SourceMap | undefined {
  const url = [...readFileSync(file, "utf8").matchAll(/^\/\/# sourceMappingURL=(\S+)\s*$/gm)].at(-1)?.[1];
  if (url === undefined) return undefined;
  const text = url.startsWith("data:") ? inData(url) : readFileSync(pathOf(url, file), "utf8");
  return new SourceMap(JSON.parse(text) as SourceMapPayload);
}

function inData(url: string): string {
  const [head = "", body = ""] = url.split(/,(.*)/s);
  return head.endsWith(";base64") ? Buffer.from(body, "base64").toString("utf8") : decodeURIComponent(body);
}

function pathOf(url: string, from: string): string {
  return url.startsWith("file://") ? fileURLToPath(url) : resolve(dirname(from), decodeURIComponent(url));
}
