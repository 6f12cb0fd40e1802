import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Folders whose files take tens of seconds each, slowest first. */
const SLOW_FOLDERS = ["/test/deploy/", "/test/package/", "/test/cli/"];

/** Begins with the slow files: begun last, one of them keeps a single core busy while the others wait. */
class SlowestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return (await super.sort(files)).sort((a, b) => slowness(a) - slowness(b));
  }
}

function slowness({ moduleId }: TestSpecification): number {
  const index = SLOW_FOLDERS.findIndex((folder) => moduleId.includes(folder));
  return index === -1 ? SLOW_FOLDERS.length : index;
}

/** Tests of functions: many small files that leave nothing behind, so that one process can take them one after the other. */
const UNITS = [
  "test/cli/{print,progress}/**/*.test.ts",
  "test/constructs/**/*.test.ts",
  "test/migrate/{copy,inspect,journal,keys,list,manifest,merkle,options,plan,report,road,signature,sort,store,verify}/**/*.test.ts",
  "test/providers/**/*.test.ts",
];

export default defineConfig({
  // The examples import the package by its name, as a reader's app does; here that means the sources and not what was built of them.
  resolve: { alias: { "bucketseal/constructs": fileURLToPath(new URL("constructs/index.ts", import.meta.url)) } },
  // What that package's source maps lack is no concern of the tests.
  logLevel: "error",
  test: {
    // The SDK tells every test file that it will want Node 22 in 2027.
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true" },
    projects: [
      { extends: true, test: { name: "units", include: UNITS, isolate: false } },
      { extends: true, test: { name: "all others", include: ["test/**/*.test.ts"], exclude: UNITS } },
    ],
    // It imports JSON as bundlers alone allow.
    server: { deps: { inline: [/@actions\/workflow-parser/] } },
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // vitest leaves one core to itself, which on two cores is half of them.
    maxWorkers: availableParallelism(),
    sequence: { sequencer: SlowestFirst },
  },
});
