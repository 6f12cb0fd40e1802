// Builds dist/. constructs/ and providers/ are CommonJS, which every project can load; their ES modules re-export it, so that
// a class is one class whichever way it is loaded (https://nodejs.org/api/packages.html#dual-package-hazard). cli/, migrate/
// and sandbox/ are one bundle in chunks, which are loaded on demand.
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, relative, resolve } from "node:path";
import { rolldown } from "rolldown";

const require = createRequire(import.meta.url);

/** Every command begins with these. All other packages stay outside of the bundle: npm updates them, and audits find them. */
const INLINED = ["commander", "picocolors", "pretty-bytes", "zod"];
/** Libraries of the bundle. A module of its own keeps the command line from loading all that a library exports. */
const LIBRARIES = ["migrate", "sandbox"];
const HELPERS = "@oxc-project/runtime/";

rmSync("dist", { recursive: true, force: true });
tsc("-p", "tsconfig.build.json");
tsc("-p", "tsconfig.cjs.json");
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
removeUnreachableTypes();
writeFileSync("dist/THIRD-PARTY-NOTICES.txt", notices(await bundle()));
chmodSync("dist/cli/main.js", 0o755);

function tsc(...args) {
  const { status, stdout } = spawnSync("npx", ["tsc", ...args], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (status === 0) return stdout;
  process.stdout.write(stdout);
  process.exit(status ?? 1);
}

/** Removes the declarations of what no entry of package.json leads to. */
function removeUnreachableTypes() {
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
  const reached = new Set(
    tsc(...options, ...files)
      .split("\n")
      .map((path) => relative("dist", path)),
  );
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
        name: "libraries",
        resolveId: (id) => (id.startsWith("library:") ? id : null),
        load: (id) =>
          id.startsWith("library:") ? `export * from ${JSON.stringify(resolve(id.slice(8), "index.ts"))};` : null,
      },
    ],
    platform: "node",
    transform: { target: "node20.19" },
    external: (id) => /^[\w@]/.test(id) && !/^library:/.test(id) && !isInlined(id),
    // Else a chunk may import main.js, which runs the command line.
    experimental: { chunkOptimization: false },
  });
  const { output } = await built.write({
    dir: "dist",
    chunkFileNames: "chunks/[name]-[hash].js",
    comments: { annotation: true, jsdoc: false, legal: true },
    sourcemap: true,
    sourcemapExcludeSources: true,
  });
  await built.close();
  return output.flatMap((chunk) => (chunk.type === "chunk" ? Object.keys(chunk.modules) : []));
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
