import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
/** How npm names a registry that is out of reach. */
export const OFFLINE = /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ERR_SOCKET_TIMEOUT)\b/;

export interface Finished {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A project of somebody else's, in a folder of its own, that depends on what `npm pack` made of the last build. */
export class InstalledPackage {
  /** The project. */
  readonly folder: string;
  /** Why there is none: the registry was out of reach. */
  readonly missing: string | undefined;

  private constructor(folder: string, missing: string | undefined) {
    this.folder = folder;
    this.missing = missing;
  }

  /** Packs the last build, and returns the path of the tarball in that folder. */
  static async pack(folder: string): Promise<string> {
    if (!existsSync(join(root, "dist", "cli", "main.js"))) throw new Error("there is no build to pack: npm run build");
    await succeed("npm", ["pack", "--ignore-scripts", "--pack-destination", folder], root);
    const [tarball = ""] = (await readdir(folder)).filter((name) => name.endsWith(".tgz"));
    return join(folder, tarball);
  }

  /** Unpacks the tarball beside links to the dependencies that its package.json names: much of what npm does, without a registry. */
  static async unpack(): Promise<InstalledPackage> {
    const unpacked = new InstalledPackage(await mkdtemp(join(tmpdir(), "bucketseal-package-")), undefined);
    const tarball = await InstalledPackage.pack(unpacked.folder);
    await mkdir(unpacked.path("bucketseal"), { recursive: true });
    await succeed("tar", ["-xzf", tarball, "--strip-components=1", "-C", unpacked.path("bucketseal")], unpacked.folder);
    const { dependencies, bin } = JSON.parse(await readFile(unpacked.path("bucketseal", "package.json"), "utf8")) as {
      readonly dependencies: Readonly<Record<string, string>>;
      readonly bin: Readonly<Record<string, string>>;
    };
    await unpacked.link(Object.keys(dependencies));
    await mkdir(unpacked.path(".bin"));
    for (const [name, file] of Object.entries(bin)) {
      await symlink(unpacked.path("bucketseal", file), unpacked.path(".bin", name));
    }
    return unpacked;
  }

  /** Installs the tarball as npm does, from its registry. */
  static async create(): Promise<InstalledPackage> {
    const folder = await mkdtemp(join(tmpdir(), "bucketseal-package-"));
    const tarball = await InstalledPackage.pack(folder);
    await writeFile(join(folder, "package.json"), JSON.stringify({ private: true, type: "module" }));
    const quietly = ["--prefer-offline", "--no-audit", "--no-fund", "--fetch-retries=1"];
    const { exitCode, stderr } = await finish("npm", ["install", tarball, ...quietly], folder);
    if (exitCode === 0) return new InstalledPackage(folder, undefined);
    const offline = OFFLINE.exec(stderr)?.[0];
    if (offline === undefined) throw new Error(`npm install failed: ${stderr}`);
    return new InstalledPackage(folder, `the package registry is out of reach: ${offline}`);
  }

  /** Another project, with these packages of the repository beside ours. Nothing is downloaded. */
  async beside(packages: readonly string[]): Promise<InstalledPackage> {
    const folder = await mkdtemp(join(this.folder, "beside-"));
    await cp(this.path("bucketseal"), join(folder, "node_modules", "bucketseal"), { recursive: true });
    await writeFile(join(folder, "package.json"), JSON.stringify({ private: true, type: "module" }));
    const other = new InstalledPackage(folder, undefined);
    await other.link(packages);
    return other;
  }

  private async link(packages: readonly string[]): Promise<void> {
    for (const name of packages) {
      await mkdir(dirname(this.path(name)), { recursive: true });
      await symlink(join(root, "node_modules", name), this.path(name), "dir");
    }
  }

  /** The path of something in node_modules. */
  path(...names: string[]): string {
    return join(this.folder, "node_modules", ...names);
  }

  run(file: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Finished> {
    return finish(file, args, this.folder, env);
  }

  /** The command as npm linked it, which is what npx runs. */
  bucketseal(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Finished> {
    return this.run(this.path(".bin", "bucketseal"), args, env);
  }

  /** Plain Node runs this module, whose last word is its only output. */
  module(...lines: string[]): Promise<Finished> {
    return this.run(process.execPath, ["--input-type=module", "--eval", lines.join("\n")]);
  }

  remove(): Promise<void> {
    return rm(this.folder, { recursive: true, force: true, maxRetries: 10 });
  }
}

/** Runs a command in a folder, without what this run's own npm and credentials put into the environment. */
export function runIn(folder: string, file: string, args: readonly string[], env = {}): Promise<Finished> {
  return finish(file, args, folder, env);
}

async function succeed(file: string, args: readonly string[], cwd: string): Promise<void> {
  const { exitCode, stderr } = await finish(file, args, cwd);
  if (exitCode !== 0) throw new Error(`${file} ${args.join(" ")} failed: ${stderr}`);
}

function finish(file: string, args: readonly string[], cwd: string, env = {}): Promise<Finished> {
  return new Promise((resolve) => {
    const options = { cwd, env: { ...outsideOfNpm(), ...env }, maxBuffer: 64 * 1024 ** 2 };
    const child = execFile(file, args, options, (_, stdout, stderr) =>
      resolve({ exitCode: child.exitCode ?? -1, stdout, stderr }),
    );
  });
}

// Neither this run's own npm, nor credentials of this machine, may decide what comes out.
export function outsideOfNpm(): NodeJS.ProcessEnv {
  const foreign = /^(npm_(lifecycle|package|command|execpath|config_local_prefix)|INIT_CWD|NODE_OPTIONS|VITEST|AWS_)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)));
}

/** Writes a template's files as the `init` of its command line does, without what that installs. */
export async function fillTemplate(template: string, folder: string): Promise<void> {
  for (const name of (await readdir(template)).filter((each) => !/^\{\{|^\.hooks|^help$/.test(each))) {
    await cp(join(template, name), join(folder, name), { recursive: true });
  }
  for (const name of ["package.json", "cdktf.json"]) {
    const text = await readFile(join(folder, name), "utf8");
    const filled = text.replace("{{ $base }}", "template").replace("{{futureFlags}}", "");
    await writeFile(join(folder, name), filled.replace(/\{\{\w+\}\}/g, "none"));
  }
}

export type Step =
  | { readonly kind: "commands"; readonly text: string }
  | { readonly kind: "file"; readonly name: string; readonly text: string };

/** The commands and files of a section of a page, in their order: indented lines, and code under a line that names a file. */
export function pageSteps(markdown: string, title: string): Step[] {
  const [, section] = new RegExp(`^## ${title}\\n(.*?)^## `, "ms").exec(markdown) ?? [];
  if (section === undefined) throw new Error(`there is no section "${title}"`);
  const found = section.matchAll(/(?:^ {4}.*\n(?:\n(?= {4}))?)+|^(\S+):\n\n```ts\n([\s\S]*?)^```$/gm);
  return [...found].map(([whole, name, text]) =>
    name === undefined || text === undefined
      ? { kind: "commands", text: whole.replaceAll(/^ {4}/gm, "") }
      : { kind: "file", name, text },
  );
}
