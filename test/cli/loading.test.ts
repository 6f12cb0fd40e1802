import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { createBucket, environmentOf, openRehearsal, plain } from "./rehearsal.js";
import { filesOf, startCli } from "./run-cli.js";

// Each starts the command line.
vi.setConfig({ testTimeout: 300_000 });

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "bucketseal-loading-"));
afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 10 }));

const hooks = `import { appendFileSync } from "node:fs";
  export async function load(url, context, next) {
    if (url.startsWith("file:")) appendFileSync(process.env.LOADED, url + "\\n");
    return next(url, context);
  }`;
/** Hooks see what is imported, and this extension what is required. */
const preload = `import { appendFileSync } from "node:fs";
  import Module from "node:module";
  import { pathToFileURL } from "node:url";
  Module.register("data:text/javascript,${encodeURIComponent(hooks)}");
  const run = Module._extensions[".js"];
  Module._extensions[".js"] = (module, path) => {
    appendFileSync(process.env.LOADED, pathToFileURL(path) + "\\n");
    return run(module, path);
  };`;

let runs = 0;

/** Starts the built command line. `loaded` tells what it has loaded until then. */
function start(args: readonly string[], { env = {}, root = ROOT } = {}) {
  const list = join(folder, `loaded-${runs}`);
  runs += 1;
  const NODE_OPTIONS = `--import=data:text/javascript,${encodeURIComponent(preload)}`;
  const running = startCli(args, { folder, root, env: { ...env, NODE_OPTIONS, LOADED: list } });
  return { ...running, loaded: () => loadedFiles(readFileSync(list, "utf8").trimEnd().split("\n")) };
}

/** The sources of the chunks by their paths in the repository, and the packages that are not part of the bundle. */
function loadedFiles(urls: readonly string[]) {
  const paths = urls.map((url) => fileURLToPath(url));
  const chunks = paths.filter((path) => !path.includes("/node_modules/"));
  const packages = paths.filter((path) => path.includes("/node_modules/")).map(packageOf);
  return { chunks, sources: [...new Set(chunks.flatMap(sourcesOf))], packages: [...new Set(packages)] };
}

function packageOf(path: string): string {
  return /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? path;
}

function sourcesOf(chunk: string): string[] {
  // Without a map: what the bundler adds itself.
  if (!existsSync(`${chunk}.map`)) return [];
  const { sources } = JSON.parse(readFileSync(`${chunk}.map`, "utf8")) as { readonly sources: readonly string[] };
  return sources.map((source) =>
    source.includes("/node_modules/") ? packageOf(source) : source.replace(/^[./]+/, ""),
  );
}

const within = (names: readonly string[], name: RegExp) => names.filter((each) => name.test(each));

const FORMATS = /^migrate\/report\/(html|markdown|ocsf|csv|prometheus|inventory|junit|sarif)\b/;
/** The modules that send requests to a store. */
const SDK = /^@aws-sdk\/|^@smithy\/|^undici$/;
/** The modules that only runs with --queue need. */
const QUEUE = /^(bullmq|ioredis)$/;
/** The modules that do the work of a command. */
const WORK =
  /^cli\/(commands|print\/print-|progress|demo)|^migrate\/(evidence|list|object|plan|probe|run|versions)\/|^sandbox\/http\//;

describe("the command line", () => {
  test.each(["--version", "--help"])("loads neither options nor packages for %s", async (flag) => {
    const { ended, loaded } = start([flag]);
    expect(await ended).toMatchObject({ code: 0, stderr: "" });
    const { chunks, sources, packages } = loaded();
    expect(packages).toEqual([]);
    expect(chunks.length).toBeLessThan(12);
    expect(sources).toEqual(expect.arrayContaining(["cli/main.ts", "cli/program.ts", "commander"]));
    expect(within(sources, WORK)).toEqual([]);
    expect(within(sources, /^cli\/declarations\/|^migrate\/options\/|^providers\/|^zod$/)).toEqual([]);
  });

  test.each(["audit", "verify", "sandbox"])(
    "loads the options of %s for its help, and not its work",
    { tags: ["slow"] },
    async (name) => {
      const { ended, loaded } = start(["help", name]);
      expect(await ended).toMatchObject({ code: 0, stderr: "", stdout: expect.stringContaining("Examples:") });
      const { sources, packages } = loaded();
      expect(packages).toEqual([]);
      expect(within(sources, /^cli\/declarations\//)).toContain("cli/declarations/declare-command.ts");
      expect(within(sources, WORK)).toEqual([]);
    },
  );

  const RUNS = "cli/declarations/runs.ts";
  test.each([
    { env: { BUCKETSEAL_SIGN_PASSPHRASE: "p", BUCKETSEAL_QUIET: "true" }, loads: [] },
    { env: { BUCKETSEAL_FAIL_ON: "refused" }, loads: [RUNS] },
    { env: { BUCKETSEAL_PORT: "tcp://10.0.0.1:80" }, loads: [RUNS, "fastest-levenshtein"] },
  ])(
    "loads the options of other commands only for variables that verify does not have: $env",
    async ({ env, loads }) => {
      const { ended, loaded } = start(["verify", "absent"], { env });
      expect(await ended).toMatchObject({ code: 2, stderr: expect.stringContaining("is not a run folder") });
      const { sources, packages } = loaded();
      expect([...sources, ...packages].filter((name) => [RUNS, "fastest-levenshtein"].includes(name))).toEqual(loads);
    },
  );

  test.each([
    { args: ["keygen", "new.key"], code: 0, does: "writes a key file" },
    { args: ["audit", "s3://archive"], code: 2, does: "refuses options" },
    { args: ["verify", "absent"], code: 2, does: "refuses a folder" },
  ])("loads neither SDK nor HTTP client if it $does", { tags: ["slow"] }, async ({ args, code }) => {
    const { ended, loaded } = start(args);
    expect(await ended).toMatchObject({ code });
    const { sources, packages } = loaded();
    expect(within(sources, WORK)).not.toEqual([]);
    expect(within(packages, SDK)).toEqual([]);
  });
});

/** An audit that stops before its last object, until `goOn` is called. */
async function startHeldAudit(root = ROOT) {
  let goOn = () => {};
  const held = new Promise<undefined>((resolve) => {
    goOn = () => resolve(undefined);
  });
  let reach = () => {};
  const reached = new Promise<void>((resolve) => {
    reach = resolve;
  });
  const rehearsal = await openRehearsal({
    intercept: ({ operation, key }) => {
      if (operation !== "HeadObject" || key !== "held") return undefined;
      reach();
      return held;
    },
  });
  onTestFinished(() => rehearsal.close());
  await createBucket(rehearsal.client, "archive", [...plain(2), { Key: "held", Body: "plaintext" }]);
  const out = join(folder, `run-${runs}`);
  const env = environmentOf(rehearsal.sandbox.credentials);
  const audit = start(["audit", "s3://archive", "--out", out, ...rehearsal.place], { env, root });
  await Promise.race([reached, audit.ended.then(({ stderr }) => Promise.reject(new Error(stderr)))]);
  return { ...audit, goOn, out, rehearsal };
}

describe("an audit", () => {
  test("loads the SDK at its start, and the formats of its reports at its end", { tags: ["slow"] }, async () => {
    const { loaded, goOn, ended, out } = await startHeldAudit();
    const before = loaded();
    expect(within(before.packages, SDK)).toContain("@aws-sdk/client-s3");
    expect(within(before.sources, FORMATS)).toEqual([]);
    goOn();
    expect(await ended).toMatchObject({ code: 0 });
    const after = within(loaded().sources, FORMATS);
    expect(after).toEqual(expect.arrayContaining(["migrate/report/csv.ts", "migrate/report/html/render-html.ts"]));
    expect(after).not.toContain("migrate/report/inventory.ts");
    expect(within(loaded().packages, QUEUE)).toEqual([]);
    expect(within(loaded().sources, /^migrate\/run\/queue\//)).toEqual([]);
    expect(await filesOf(out)).toEqual(expect.arrayContaining(["report.csv", "report.html", "report.md"]));
  });

  test("says that its own files went away, and can be resumed with new ones", { tags: "slow" }, async () => {
    const root = mkdtempSync(join(folder, "installed-"));
    cpSync(join(ROOT, "dist"), join(root, "dist"), { recursive: true });
    cpSync(join(ROOT, "package.json"), join(root, "package.json"));
    symlinkSync(join(ROOT, "node_modules"), join(root, "node_modules"));
    const { goOn, ended, out, rehearsal } = await startHeldAudit(root);
    rmSync(join(root, "dist"), { recursive: true });
    goOn();
    const ran = await ended;
    expect(ran).toMatchObject({
      code: 3,
      stderr: expect.stringMatching(/^error: the files of bucketseal were replaced/m),
    });
    expect(await filesOf(out)).not.toContain("report.html");

    expect(await rehearsal.cli("audit", "--resume", "--out", out, ...rehearsal.place)).toMatchObject({ code: 0 });
    expect(await filesOf(out)).toContain("report.html");
  });
});

test("report loads the format that it makes, and no other", { tags: ["slow"] }, async () => {
  const { goOn, ended, out } = await startHeldAudit();
  goOn();
  expect(await ended).toMatchObject({ code: 0 });
  const report = start(["report", out, "--format", "csv"]);
  expect(await report.ended).toMatchObject({ code: 0 });
  expect(within(report.loaded().sources, /^migrate\/report\/inventory/)).toEqual([]);
});

test("--queue says which packages it needs if they are not installed", { tags: ["slow"] }, async () => {
  const root = mkdtempSync(join(folder, "without-queue-"));
  cpSync(join(ROOT, "dist"), join(root, "dist"), { recursive: true });
  cpSync(join(ROOT, "package.json"), join(root, "package.json"));
  mkdirSync(join(root, "node_modules"));
  for (const name of readdirSync(join(ROOT, "node_modules"))) {
    if (!QUEUE.test(name)) symlinkSync(join(ROOT, "node_modules", name), join(root, "node_modules", name));
  }
  const { ended } = start(["queue", "status", "--queue", "redis://127.0.0.1:1"], { root });
  expect(await ended).toMatchObject({
    code: 3,
    stderr: expect.stringMatching(/^error: --queue needs the packages bullmq and ioredis, which are not installed/),
  });
});
