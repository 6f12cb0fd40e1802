// Builds dist/. constructs/ and providers/ are CommonJS, which every project can load; their ES modules re-export it, so that
// a class is one class whichever way it is loaded (https://nodejs.org/api/packages.html#dual-package-hazard).
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

rmSync("dist", { recursive: true, force: true });
compile("tsconfig.build.json");
compile("tsconfig.cjs.json");
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
chmodSync("dist/cli/main.js", 0o755);

function compile(project) {
  const { status } = spawnSync("npx", ["tsc", "-p", project], { stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}
