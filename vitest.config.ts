import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Folders whose files take the longest or, as those of moto_server, the most time to wait for; longest first. */
const SLOW_FOLDERS = ["/test/deploy/", "/test/package/", "/test/conformance/", "/test/cli/"];

/**
 * Begins with the slow files: begun last, one of them keeps a single core busy while the others wait. Files of one project
 * follow one another, since a process is not passed on to those of another.
 */
class SlowestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = (await super.sort(files)).sort((a, b) => slowness(a) - slowness(b));
    const isAlone = ({ project }: TestSpecification) => project.name === "alone";
    return [...sorted.filter((file) => !isAlone(file)), ...sorted.filter(isAlone)];
  }
}

function slowness({ moduleId }: TestSpecification): number {
  const index = SLOW_FOLDERS.findIndex((folder) => moduleId.includes(folder));
  return index === -1 ? SLOW_FOLDERS.length : index;
}

/** Files that mock a module, which every other file of the same process would see. All others leave nothing behind. */
const ALONE = ["test/store/silent-server.test.ts"];

export default defineConfig({
  // The examples import the package by its name, as a reader's app does; here that means the sources and not what was built of them.
  resolve: { alias: { "bucketseal/constructs": fileURLToPath(new URL("constructs/index.ts", import.meta.url)) } },
  // What that package's source maps lack is no concern of the tests.
  logLevel: "error",
  test: {
    // The SDK tells every test file that it will want Node 22 in 2027.
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true" },
    projects: [
      { extends: true, test: { name: "shared", include: ["test/**/*.test.ts"], exclude: ALONE, isolate: false } },
      { extends: true, test: { name: "alone", include: ALONE } },
    ],
    tags: [
      { name: "slow", description: "more than npm test has time for: npm run test:slow and test:all run it" },
      { name: "deploy", description: "what real Terraform takes minutes for: npm run test:deploy runs it" },
    ],
    // It imports JSON as bundlers alone allow.
    server: { deps: { inline: [/@actions\/workflow-parser/] } },
    // For what hangs, on a machine with ten times as much to do.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 60_000 } },
    // Two more than there are cores: a third of the time a test waits for a server, a child process or a clock.
    // Another number is set with VITEST_MAX_WORKERS; projects ignore --maxWorkers.
    maxWorkers: availableParallelism() + 2,
    sequence: { sequencer: SlowestFirst },
  },
});
