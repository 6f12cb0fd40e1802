import { existsSync, readdirSync, readFileSync } from "node:fs";
import { cp, readdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { CreateBucketCommand, HeadObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import * as migrateSource from "../../migrate/index.js";
import * as providersSource from "../../providers/index.js";
import * as sandboxSource from "../../sandbox/index.js";
import { DEPLOY } from "../length.js";
import { InstalledPackage } from "./installed-package.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const PEERS = ["cdktf", "constructs", "@cdktf/provider-aws"];
const MAX_INSTALLED_MB = 60;
const MAX_PACKED_BYTES = 1_000_000;

/** The exports of each module according to plain Node, or the error that it ends with. */
const exportsOf = (...specifiers: readonly string[]) => [
  `const named = ${JSON.stringify(specifiers)}.map((specifier) =>`,
  '  import(specifier).then(Object.keys, (error) => error.code + " " + error.message));',
  "console.log(JSON.stringify(await Promise.all(named)));",
];
const SOURCES = { migrate: migrateSource, providers: providersSource, sandbox: sandboxSource };
const HIDDEN = ["bucketseal", "bucketseal/dist/migrate/index.js", "bucketseal/migrate/plan/plan.js", "bucketseal/cli"];

describe("the package, unpacked beside its dependencies", () => {
  let installed: InstalledPackage;
  beforeAll(async () => {
    installed = await InstalledPackage.unpack();
  });
  afterAll(() => installed.remove());

  it("contains the build, the examples and the files that README links to, no tests, sources or source maps, in under 1 MB", async () => {
    const names = await readdir(installed.path("bucketseal"));
    const texts = ["CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "README.md", "SECURITY.md"];
    expect(names.sort()).toEqual([...texts, "cdktf.json", "dist", "docs", "examples", "package.json"].sort());
    const readme = readFileSync(installed.path("bucketseal", "README.md"), "utf8");
    const links = [...readme.matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, path = ""]) => path);
    expect(links.filter((path) => !existsSync(installed.path("bucketseal", path)))).toEqual([]);
    const built = await readdir(installed.path("bucketseal", "dist"));
    const folders = ["chunks", "cjs", "cli", "constructs", "migrate", "providers", "sandbox"];
    expect(built.sort()).toEqual(["THIRD-PARTY-NOTICES.txt", ...folders]);
    const everything = await readdir(installed.path("bucketseal"), { recursive: true });
    expect(everything.filter((name) => name.endsWith(".map"))).toEqual([]);
    const [tarball = ""] = (await readdir(installed.folder)).filter((name) => name.endsWith(".tgz"));
    expect((await stat(join(installed.folder, tarball))).size).toBeLessThan(MAX_PACKED_BYTES);
  });

  it("contains the licence of every package whose code is in its bundle", async () => {
    const names = [...new Set((await bundledSources()).map(packageOf).filter((name) => name !== null))];
    expect(names.sort()).toEqual(["commander", "picocolors", "pretty-bytes", "zod"]);
    const notices = readFileSync(installed.path("bucketseal", "dist", "THIRD-PARTY-NOTICES.txt"), "utf8");
    for (const name of names) {
      const folder = join(root, "node_modules", name);
      const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { version: string };
      const [file = ""] = (await readdir(folder)).filter((entry) => /^licen[cs]e/i.test(entry));
      expect(notices).toContain(`\n${name} ${version} (`);
      expect(notices).toContain(readFileSync(join(folder, file), "utf8").trim());
    }
  });

  describe("its command", () => {
    it("prints its version and its commands", async () => {
      const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };
      expect(await installed.bucketseal(["--version"])).toEqual({ exitCode: 0, stdout: `${version}\n`, stderr: "" });
      expect(await installed.run("npx", ["--no-install", "bucketseal", "--version"])).toMatchObject({ exitCode: 0 });
      const help = await installed.bucketseal(["--help"]);
      expect(help).toMatchObject({ exitCode: 0, stderr: "", stdout: expect.stringContaining("Exit codes:") });
      for (const command of ["targets", "audit", "migrate", "verify", "report", "sandbox", "keygen", "demo"]) {
        expect(help.stdout).toMatch(new RegExp(`^ {2}${command}\\b`, "m"));
      }
    });

    it("exits with 2 for an unknown command", async () => {
      const { exitCode, stderr } = await installed.bucketseal(["encrypt"]);
      expect({ exitCode, stderr }).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("encrypt") });
    });
  });

  describe("as a library of plain Node", () => {
    let stderr: string;
    /** By specifier. */
    let found: Readonly<Record<string, readonly string[] | string>>;
    beforeAll(async () => {
      const specifiers = [...Object.keys(SOURCES).map((name) => `bucketseal/${name}`), ...HIDDEN];
      const ran = await installed.module(...exportsOf(...specifiers));
      const names = JSON.parse(ran.stdout) as (readonly string[] | string)[];
      found = Object.fromEntries(specifiers.map((specifier, index) => [specifier, names[index] ?? []]));
      stderr = ran.stderr;
    });

    it.each(Object.entries(SOURCES))("exports the same names from bucketseal/%s as the source", (name, source) => {
      expect({ names: found[`bucketseal/${name}`], stderr }).toEqual({ names: Object.keys(source).sort(), stderr: "" });
    });

    it.each(HIDDEN)("prevents the import of %s", (specifier) => {
      expect(found[specifier]).toMatch(/^ERR_PACKAGE_PATH_NOT_EXPORTED /);
    });

    it("has types that compile in a strict project, and that reject an unknown option", {
      tags: "slow",
    }, async () => {
      const typed = await installed.beside([...PEERS, "@types/node", "@aws-sdk", "zod", "@smithy"]);
      const imports = ["constructs", "migrate", "providers", "sandbox"].map(
        (name) => `export * as ${name} from "bucketseal/${name}";`,
      );
      const use = (option: string) => [
        'import { audit } from "bucketseal/migrate";',
        `export const done = audit({ ${option}: ["s3://a"] });`,
      ];
      await writeFile(join(typed.folder, "right.ts"), [...imports, ...use("locations")].join("\n"));
      await writeFile(join(typed.folder, "wrong.ts"), use("buckets").join("\n"));
      const module = ["--module", "nodenext", "--target", "es2023", "--types", "node"];
      const compile = (file: string) =>
        typed.run(join(root, "node_modules", ".bin", "tsc"), ["--noEmit", "--strict", ...module, file]);
      expect(await compile("right.ts")).toMatchObject({ exitCode: 0, stdout: "" });
      expect(await compile("wrong.ts")).toMatchObject({ stdout: expect.stringContaining("'buckets' does not exist") });
    });
  });

  describe("its constructs", () => {
    it("name the missing package if the peers are not installed", async () => {
      const { stdout } = await installed.module(...exportsOf("bucketseal/constructs"));
      expect(JSON.parse(stdout)[0]).toMatch(/^MODULE_NOT_FOUND Cannot find module '(cdktf|constructs|@cdktf\/.*)'/);
    });

    it("synthesise a copy of the examples if the peers are installed", { tags: "slow" }, async () => {
      const project = await installed.beside([...PEERS, "tsx"]);
      const { stdout } = await project.module(...exportsOf("bucketseal/constructs"));
      expect(JSON.parse(stdout)[0]).toEqual([
        "BucketEncryption",
        "BucketReference",
        "EncryptedBucket",
        "ObjectStorageProvider",
        "RequireEncryption",
        "UnmanagedBucket",
        "ovhUserPolicy",
      ]);
      await cp(project.path("bucketseal", "examples"), join(project.folder, "examples"), { recursive: true });
      for (const stack of ["ovhcloud", "adopt", "aws", "multi-region"]) {
        const tsx = project.path("tsx", "dist", "cli.mjs");
        expect(await project.run(process.execPath, [tsx, `examples/${stack}/main.ts`])).toMatchObject({ exitCode: 0 });
        const text = readFileSync(join(project.folder, "cdktf.out", "stacks", stack, "cdk.tf.json"), "utf8");
        expect(text).toContain('"sse_algorithm": "AES256"');
      }
    });
  });
});

describe("the package, installed in an empty folder", { tags: "slow" }, () => {
  let installed: InstalledPackage;
  beforeAll(async () => {
    installed = await InstalledPackage.create();
    return () => installed.remove();
  });
  beforeEach(({ skip }) => skip(installed.missing !== undefined, installed.missing));

  it("installs neither CDKTF nor the AWS provider's bindings, and stays under its size limit", async () => {
    expect([...PEERS, "@cdktf", "jsii"].filter((name) => existsSync(installed.path(name)))).toEqual([]);
    expect(await sizeOf(installed.path())).toBeLessThan(MAX_INSTALLED_MB * 1e6);
  });

  it("audits a bucket without writing to it, then migrates it, with credentials from the environment", async () => {
    const sandbox = await sandboxSource.startSandbox();
    const { endpoint, region, credentials } = sandbox;
    const client = new S3Client({ endpoint, region, credentials, forcePathStyle: true });
    const env = { AWS_ACCESS_KEY_ID: credentials.accessKeyId, AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey };
    const object = { Bucket: "invoices", Key: "2024/a b+c%20é.txt" };
    const where = ["s3://invoices", "--provider", "ovh", "--region", region, "--endpoint", endpoint];
    try {
      await client.send(new CreateBucketCommand({ Bucket: "invoices" }));
      await client.send(new PutObjectCommand({ ...object, Body: "plaintext" }));
      sandbox.resetCalls();
      const audited = await installed.bucketseal(["audit", ...where, "--fail-on", "unencrypted"], env);
      expect(audited).toMatchObject({ exitCode: 1, stdout: expect.stringContaining("1 of 1 object") });
      expect(Object.keys(sandbox.calls).filter((name) => /^(Put|Copy|Create|Delete|Upload)/.test(name))).toEqual([]);
      expect(await client.send(new HeadObjectCommand(object))).not.toHaveProperty("ServerSideEncryption");

      expect(await installed.bucketseal(["migrate", ...where], env)).toMatchObject({ exitCode: 0 });
      expect(await client.send(new HeadObjectCommand(object))).toMatchObject({ ServerSideEncryption: "AES256" });
    } finally {
      client.destroy();
      await sandbox.close();
    }
  });

  const demo = "shows its demo without CDKTF and Terraform";
  const later = "skipped: test/cli shows that of the build, npm run test:deploy this one";
  it.skipIf(!DEPLOY)(DEPLOY ? demo : `${demo} (${later})`, { tags: "deploy" }, async () => {
    const { exitCode, stdout } = await installed.bucketseal(["demo", "--out", "demo"]);
    expect({ exitCode, stdout }).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/second audit: 0 of [\d,]+ objects are unencrypted/),
    });
    expect(await readdir(join(installed.folder, "demo", "2-migrate"))).toContain("report.html");
  });
});

describe("package-lock.json", () => {
  type Entry = Readonly<Record<"integrity" | "version", string | undefined>> & { readonly inBundle?: boolean };
  const { packages } = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")) as {
    readonly packages: Readonly<Record<string, Entry>>;
  };

  it("has the hash of every package that npm ci downloads", () => {
    // The hash of the package that bundles another covers both.
    const downloaded = Object.entries(packages).filter(([path, { inBundle }]) => path !== "" && inBundle !== true);
    expect(downloaded.length).toBeGreaterThan(500);
    expect(downloaded.filter(([, { integrity = "" }]) => !integrity.startsWith("sha512-"))).toEqual([]);
  });
});

describe("README and docs", () => {
  const pages = ["README.md", ...readdirSync(join(root, "docs"), { recursive: true }).map((name) => `docs/${name}`)]
    .filter((path) => path.endsWith(".md"))
    .map((path) => ({ path, text: readFileSync(join(root, path), "utf8") }));
  /** Fetches whatever has that name on the registry. */
  const FETCHING = /npx (?:-\S+ )*bucketseal\b|npm (?:install|i) (?:[^\n#]* )?bucketseal(?:@|\s|$)/;

  it("never fetch bucketseal from a registry that does not have it", () => {
    expect(pages.length).toBeGreaterThan(15);
    expect(pages.filter(({ text }) => FETCHING.test(text)).map(({ path }) => path)).toEqual([]);
    for (const command of ["npx bucketseal audit", "npx --yes bucketseal", "npm install --global bucketseal"]) {
      expect(command).toMatch(FETCHING);
    }
  });

  it("install the tarball of this version", () => {
    const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };
    const tarballs = pages.flatMap(({ text }) => text.match(/bucketseal-[\d.]+\.tgz/g) ?? []);
    expect(new Set(tarballs)).toEqual(new Set([`bucketseal-${version}.tgz`]));
  });
});

/** The modules of the bundle, according to the source maps of the last build. */
async function bundledSources(): Promise<string[]> {
  const maps = await readdir(join(root, "dist", "chunks")).then((names) =>
    names.filter((name) => name.endsWith(".map")),
  );
  return maps.flatMap((name) => {
    const { sources } = JSON.parse(readFileSync(join(root, "dist", "chunks", name), "utf8")) as { sources: string[] };
    return sources;
  });
}

function packageOf(source: string): string | null {
  return /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(source)?.[1] ?? null;
}

async function sizeOf(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => stat(join(entry.parentPath, entry.name)));
  return (await Promise.all(files)).reduce((sum, { size }) => sum + size, 0);
}
