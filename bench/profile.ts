// Shows the CPU time of a run by package and folder: profiles one run of the built command line on the stub store.
//   npx tsx bench/profile.ts audit|migrate [objects] [further options of the command]...
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { SourceMap } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { environmentOf, openStub } from "./open-stub.js";
import { commandOf } from "./scenarios.js";

interface Frame {
  readonly id: number;
  readonly callFrame: {
    readonly functionName: string;
    readonly url: string;
    readonly lineNumber: number;
    readonly columnNumber: number;
  };
}

interface Profile {
  readonly nodes: readonly Frame[];
  readonly samples: readonly number[];
  /** Microseconds between one sample and the next. */
  readonly timeDeltas: readonly number[];
}

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const SMALLEST_SHARE = 0.005;
const maps = new Map<string, SourceMap | null>();

const [command = "", objects = "20000", ...options] = process.argv.slice(2);
if (command !== "audit" && command !== "migrate") {
  throw new Error(`the command is "${command}", but must be audit or migrate: npx tsx bench/profile.ts migrate 20000`);
}
const folder = mkdtempSync(join(tmpdir(), "bucketseal-profile-"));
const stub = await openStub({ keys: Number(objects) });
try {
  const [file, ...args] = commandOf(command, options)({ endpoint: stub.endpoint, folder });
  const profiling = ["--cpu-prof", `--cpu-prof-dir=${folder}`];
  const stdio = ["ignore", "ignore", "inherit"] as const;
  const { status } = spawnSync(file, [...profiling, ...args], {
    cwd: folder,
    env: environmentOf(folder),
    stdio: [...stdio],
  });
  if (status !== 0) throw new Error(`bucketseal ${command} ended with ${status}`);
  const profiles = readdirSync(folder).filter((name) => name.endsWith(".cpuprofile"));
  for (const name of profiles) print(JSON.parse(readFileSync(join(folder, name), "utf8")) as Profile);
} finally {
  stub.close();
  rmSync(folder, { recursive: true, force: true });
}

function print({ nodes, samples, timeDeltas }: Profile): void {
  const owners = new Map(nodes.map((frame) => [frame.id, ownerOf(frame)]));
  const spent = new Map<string, number>();
  samples.forEach((id, index) => {
    const owner = owners.get(id) ?? "";
    spent.set(owner, (spent.get(owner) ?? 0) + (timeDeltas[index] ?? 0));
  });
  spent.delete("(idle)");
  const total = [...spent.values()].reduce((sum, part) => sum + part, 0);
  const lines = [...spent]
    .sort(([, one], [, other]) => other - one)
    .filter(([, part]) => part / total >= SMALLEST_SHARE)
    .map(([owner, part]) => {
      const perObject = part / 1000 / Number(objects);
      return `| ${owner.padEnd(40)} | ${((100 * part) / total).toFixed(1).padStart(5)} % | ${perObject.toFixed(4)} |`;
    });
  process.stdout.write(
    [
      `${(total / 1e6).toFixed(1)} s on the main thread, idle time left out`,
      `| ${"what".padEnd(40)} |   share | ms an object |`,
      "|---|---|---|",
      ...lines,
      "",
    ].join("\n"),
  );
}

/** The folder of the sources, the package, or the part of Node that a frame belongs to. */
function ownerOf({ callFrame: { functionName, url, lineNumber, columnNumber } }: Frame): string {
  if (url === "") return functionName.startsWith("(") ? functionName : `native: ${functionName}`;
  if (url.startsWith("node:")) return url.split("/").slice(0, 2).join("/");
  // undici parses HTTP in WebAssembly.
  if (!url.startsWith("file:")) return new URL(url).protocol;
  const path = relative(ROOT, sourceOf(fileURLToPath(url), lineNumber, columnNumber));
  const [, packaged] = /node_modules\/((?:@[^/]+\/)?[^/]+)(?!.*node_modules)/.exec(path) ?? [];
  return packaged ?? dirname(path).replace(/^dist\//, "");
}

/** The build is one file of many sources, if it is a bundle; its map names them. */
function sourceOf(path: string, line: number, column: number): string {
  let map = maps.get(path);
  if (map === undefined) {
    const file = `${path}.map`;
    map = existsSync(file) ? new SourceMap(JSON.parse(readFileSync(file, "utf8"))) : null;
    maps.set(path, map);
  }
  const entry = map?.findEntry(line, column);
  // A line that the bundler wrote itself has an entry without a source.
  return entry !== undefined && "originalSource" in entry && entry.originalSource !== undefined
    ? resolve(path, "..", entry.originalSource)
    : path;
}
