import { importsOf } from "./imports.js";
import type { Source } from "./source.js";

/** Each ring of files that import each other, reported once. An import of types alone counts: it ties the files together as much. */
export function importCycles(sources: readonly Source[]): string[] {
  const graph = new Map(sources.map((source) => [source.path, importsOf(source).map(({ to }) => to)]));
  const done = new Set<string>();
  const cycles: string[] = [];
  const visit = (path: string, road: readonly string[]) => {
    const start = road.indexOf(path);
    if (start !== -1) cycles.push([...road.slice(start), path].join(" -> "));
    if (start !== -1 || done.has(path)) return;
    for (const next of graph.get(path) ?? []) visit(next, [...road, path]);
    done.add(path);
  };
  for (const path of graph.keys()) visit(path, []);
  return cycles;
}
