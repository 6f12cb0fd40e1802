// Builds dist/. constructs/ and providers/ are CommonJS, which every project can load; their ES modules re-export it, so that
// a class is one class whichever way it is loaded (https://nodejs.org/api/packages.html#dual-package-hazard). cli/, migrate/
// and sandbox/ are one bundle in chunks, which are loaded on demand.
import { execFile } from "node:child_process";
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, relative, resolve } from "node:path";
import { promisify } from "node:util";
import { rolldown } from "rolldown";

const require = createRequire(import.meta.url);

/** Every command begins with these. All other packages stay outside of the bundle: npm updates them, and audits find them. */
const INLINED = ["commander", "picocolors", "pretty-bytes", "zod"];
/**
 * CommonJS packages that nearly every command loads, by `require`. Given an `import`, Node parses each of their files three
 * times: to detect its format, to find its exports, and to run it.
 */
const REQUIRED = /^(@aws-sdk|@smithy)\/|^undici$/;
/** Libraries of the bundle. A module of its own keeps the command line from loading all that a library exports. */
const LIBRARIES = ["migrate", "sandbox"];
/** What every start of the command line loads, in one chunk: each further file costs about 1 ms of CPU time. */
const START =
  /node_modules\/(commander|picocolors|pretty-bytes)\/|\/cli\/(program|exit-codes|end-process|print\/terminal)\.ts$|\/migrate\/(errors|model\/text|store\/wire)\.ts$/;
const HELPERS = "@oxc-project/runtime/";

rmSync("dist", { recursive: true, force: true });
// `npm run types` checks types. Here that would cost more than the rest of the build.
const [modules] = await Promise.all([
  bundle(),
  tsc("-p", "tsconfig.build.json", "--noCheck"),
  tsc("-p", "tsconfig.cjs.json", "--noCheck"),
]);
writeFileSync("dist/cjs/package.json", '{ "type": "commonjs" }\n');
for (const folder of ["constructs", "providers"]) {
  rmSync(`dist/${folder}`, { recursive: true, force: true });
  mkdirSync(`dist/${folder}`);
  const source = `"../cjs/${folder}/index.js"`;
  // "export *" would export CommonJS's __esModule mark too.
  const names = Object.keys(require(`./dist/cjs/${folder}/index.js`)).sort();
  writeFileSync(`dist/${folder}/index.js`, `export { ${names.join(", ")} } from ${source};\n`);
  writeFileSync(`dist/${folder}/index.d.ts`, `export * from ${source};\n`);
}
hideSentences();
await removeUnreachableTypes();
writeFileSync("dist/THIRD-PARTY-NOTICES.txt", notices(modules));
chmodSync("dist/cli/main.js", 0o755);

async function tsc(...args) {
  const options = { encoding: "utf8", maxBuffer: 64 * 1024 ** 2 };
  try {
    return (await promisify(execFile)("npx", ["tsc", ...args], options)).stdout;
  } catch (error) {
    process.stderr.write(`${error.stdout}${error.stderr}`);
    process.exit(1);
  }
}

/** The sentences of the reports are in the bundle. Their types are for this repository, so the declarations do not import them. */
function hideSentences() {
  const path = "dist/migrate/report/language.d.ts";
  const text = readFileSync(path, "utf8");
  const hidden = text.replace(/^import french .*\n/m, "").replace("keyof typeof french", "string");
  if (/import french|typeof french/.test(hidden)) throw new Error(`${path} still imports the sentences`);
  writeFileSync(path, hidden);
}

/** Removes the declarations of what no entry of package.json leads to. */
async function removeUnreachableTypes() {
  const entries = ["cjs/constructs", "cjs/providers", "providers", "constructs", ...LIBRARIES];
  const files = entries.map((folder) => `dist/${folder}/index.d.ts`);
  const options = [
    "--ignoreConfig",
    "--listFilesOnly",
    "--noEmit",
    "--module",
    "nodenext",
    "--target",
    "es2023",
    "--types",
    "node",
  ];
  const listed = await tsc(...options, ...files);
  const reached = new Set(listed.split("\n").map((path) => relative("dist", path)));
  for (const path of readdirSync("dist", { recursive: true })) {
    if (path.endsWith(".d.ts") && !reached.has(path)) rmSync(join("dist", path));
  }
}

/** Writes the bundle, and returns the modules that it is made of. */
async function bundle() {
  const built = await rolldown({
    input: {
      "cli/main": "cli/main.ts",
      "cli/worker-process": "cli/worker-process.ts",
      ...Object.fromEntries(LIBRARIES.map((name) => [`${name}/index`, `library:${name}`])),
    },
    plugins: [
      {
        name: "required",
        resolveId: (id) => (REQUIRED.test(id) ? `required:${id}` : null),
        load: (id) => (id.startsWith("required:") ? `module.exports = require(${JSON.stringify(id.slice(9))});` : null),
      },
      {
        // Loading this module takes 4 ms of CPU time, and commander needs it for commands that are programs of their own.
        name: "child_process on demand",
        load: (id) =>
          id.endsWith("/commander/lib/command.js") ? withLazyChildProcess(readFileSync(id, "utf8")) : null,
      },
      {
        name: "libraries",
        resolveId: (id) => (id.startsWith("library:") ? id : null),
        load: (id) =>
          id.startsWith("library:") ? `export * from ${JSON.stringify(resolve(id.slice(8), "index.ts"))};` : null,
      },
    ],
    platform: "node",
    transform: { target: "node20.19" },
    external: (id, importer) => {
      const isByRequire = REQUIRED.test(id) && importer !== `required:${id}`;
      return /^[\w@]/.test(id) && !/^(library|required):/.test(id) && !isInlined(id) && !isByRequire;
    },
    // Else a chunk may import main.js, which runs the command line.
    experimental: { chunkOptimization: false },
    preserveEntrySignatures: "allow-extension",
  });
  const { output } = await built.write({
    dir: "dist",
    chunkFileNames: "chunks/[name]-[hash].js",
    codeSplitting: { groups: [{ name: "start", test: START }], includeDependenciesRecursively: false },
    comments: { annotation: true, jsdoc: false, legal: true },
    sourcemap: true,
    sourcemapExcludeSources: true,
  });
  await built.close();
  return output.flatMap((chunk) => (chunk.type === "chunk" ? Object.keys(chunk.modules) : []));
}

function withLazyChildProcess(code) {
  const parts = code.split("const childProcess = require('node:child_process');");
  if (parts.length !== 2) throw new Error("commander loads node:child_process in another way now");
  return parts.join("const childProcess = { get spawn() { return require('node:child_process').spawn; } };");
}

function isInlined(id) {
  return id.startsWith(HELPERS) || INLINED.some((name) => id === name || id.startsWith(`${name}/`));
}

/** The licences of the packages in the bundle, which ask for that. */
function notices(modules) {
  const names = modules.map(
    (id) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(id)?.[1] ?? (/^(\0|rolldown:)/.test(id) ? "rolldown" : null),
  );
  const texts = [...new Set(names.filter((name) => name !== null))].sort().map((name) => {
    const folder = join("node_modules", name);
    const { version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    const file = readdirSync(folder).find((entry) => /^licen[cs]e(\.|$)/i.test(entry));
    if (file === undefined) throw new Error(`${name} is in the bundle, and has no file with its licence`);
    return `${name} ${version} (${license})\n\n${readFileSync(join(folder, file), "utf8").trim()}\n`;
  });
  return `The code of bucketseal in this folder contains code of these packages.\n\n${texts.join(`\n${"-".repeat(80)}\n\n`)}`;
}
