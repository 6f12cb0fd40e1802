import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { App, LocalBackend, TerraformStack } from "cdktf";

export interface S3Server {
  readonly endpoint: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

export interface Finished {
  readonly exitCode: number;
  readonly output: string;
}

interface Ended extends Finished {
  readonly stdout: string;
}

const root = fileURLToPath(new URL("../..", import.meta.url));
const program = (name: string) => join(root, "node_modules", ".bin", name);

interface ProjectOptions {
  /** Filesystem mirror that holds the AWS provider. */
  readonly mirror: string;
  readonly server: S3Server;
  readonly stack: string;
  /** @default the one named like the stack */
  readonly example?: string;
  /**
   * The file that `cdktf` runs to synthesise.
   * @default that of the example
   */
  readonly main?: string;
  readonly variables?: Readonly<Record<string, string>>;
}

/** A folder of its own with a cdktf.json, and Terraform bound to the mirror: for `cdktf`, or for stacks that a test synthesises. */
export class TerraformProject {
  /** The output folder of a stack. */
  readonly outdir: string;
  readonly folder: string;
  readonly #stack: string;
  readonly #stackFolder: string;
  readonly #env: NodeJS.ProcessEnv;

  private constructor(folder: string, stack: string, env: NodeJS.ProcessEnv) {
    this.folder = folder;
    this.#stack = stack;
    this.outdir = join(folder, "cdktf.out");
    this.#stackFolder = join(this.outdir, "stacks", stack);
    this.#env = env;
  }

  static async create({ mirror, server, stack, variables, ...given }: ProjectOptions): Promise<TerraformProject> {
    const folder = await mkdtemp(join(tmpdir(), "bucketseal-deploy-"));
    const tsx = `${program("tsx")} --tsconfig ${join(root, "tsconfig.json")}`;
    const app = `${tsx} ${given.main ?? join(root, "examples", given.example ?? stack, "main.ts")}`;
    const settings = { language: "typescript", app, projectId: "deploy-test", sendCrashReports: "false" };
    await writeFile(join(folder, "cdktf.json"), JSON.stringify(settings));
    const cliConfig = join(folder, "terraform.rc");
    const installation = `filesystem_mirror {\n    path = ${JSON.stringify(mirror)}\n  }`;
    await writeFile(cliConfig, `provider_installation {\n  ${installation}\n}\n`);
    return new TerraformProject(folder, stack, { ...environment(server, cliConfig), ...variables });
  }

  /** `cdktf deploy`: synth, init, plan and apply. */
  deploy(...options: string[]): Promise<Finished> {
    return this.#run(program("cdktf"), ["deploy", "--skip-provider-lock", "--auto-approve", ...options], this.folder);
  }

  /** Synthesises a state of the stack in this process; another state of it takes its place. */
  synth(declare: (stack: TerraformStack) => void): void {
    const app = new App({ outdir: this.outdir });
    const stack = new TerraformStack(app, this.#stack);
    new LocalBackend(stack, { path: join(this.folder, "terraform.tfstate") });
    declare(stack);
    app.synth();
  }

  /** Exit code 2 if there is anything to change. */
  plan(...options: string[]): Promise<TerraformRun> {
    return this.#planned("plan", "-detailed-exitcode", ...options);
  }

  apply(...options: string[]): Promise<TerraformRun> {
    return this.#planned("apply", "-auto-approve", ...options);
  }

  destroy(...options: string[]): Promise<TerraformRun> {
    return this.#planned("destroy", "-auto-approve", ...options);
  }

  terraform(...args: string[]): Promise<Finished> {
    return this.#run("terraform", args, this.#stackFolder);
  }

  remove(): Promise<void> {
    return rm(this.folder, { recursive: true, force: true, maxRetries: 10 });
  }

  async #planned(...args: string[]): Promise<TerraformRun> {
    const { exitCode, stdout } = await this.#run("terraform", [...args, "-json"], this.#stackFolder);
    return terraformRun(exitCode, stdout);
  }

  #run(file: string, args: string[], cwd: string): Promise<Ended> {
    return new Promise((resolve) => {
      const options = { cwd, env: this.#env, maxBuffer: 64 * 1024 ** 2 };
      const child = execFile(file, args, options, (_, stdout, stderr) =>
        resolve({ exitCode: child.exitCode ?? -1, output: stdout + stderr, stdout }),
      );
    });
  }
}

// Settings of the machine for AWS or Terraform stay out, so that only the test decides where this goes.
function environment(server: S3Server, cliConfig: string): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^(AWS|TF|CDKTF)_/.test(name));
  return {
    ...Object.fromEntries(kept),
    CI: "1",
    CHECKPOINT_DISABLE: "1",
    TF_CLI_CONFIG_FILE: cliConfig,
    TF_IN_AUTOMATION: "1",
    TF_INPUT: "0",
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_ACCESS_KEY_ID: server.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: server.credentials.secretAccessKey,
    BUCKETSEAL_ENDPOINT: server.endpoint,
  };
}

/** The changes that a plan or an apply was about to make, and why it failed, if it did: from Terraform's lines of JSON. */
export interface TerraformRun {
  readonly exitCode: number;
  /** The action on each resource that does not stay as it is, such as `create` or `replace`, by its address. */
  readonly changes: Readonly<Record<string, string>>;
  /** Changes of resources behind Terraform's back. */
  readonly drift: Readonly<Record<string, string>>;
  readonly errors: readonly string[];
}

interface Change {
  readonly resource: { readonly addr: string };
  readonly action: string;
  readonly importing?: unknown;
}

interface Line {
  readonly type: string;
  readonly change?: Change;
  readonly diagnostic?: { readonly severity: string; readonly summary: string; readonly detail?: string };
}

/** Reads what `terraform plan -json` or `terraform apply -json` printed. */
function terraformRun(exitCode: number, output: string): TerraformRun {
  const lines = output.split("\n").filter((text) => text.startsWith("{"));
  const parsed = lines.map((text) => JSON.parse(text) as Line);
  const errors = parsed.flatMap(({ diagnostic }) => (diagnostic?.severity === "error" ? [diagnostic] : []));
  return {
    exitCode,
    changes: actionsOf(parsed, "planned_change"),
    drift: actionsOf(parsed, "resource_drift"),
    errors: errors.map(({ summary, detail = "" }) => `${summary}: ${detail}`),
  };
}

function actionsOf(lines: readonly Line[], type: string): Record<string, string> {
  const changes = lines.flatMap((line) => (line.type === type && line.change !== undefined ? [line.change] : []));
  return Object.fromEntries(changes.map((change) => [nameOf(change), actionOf(change)]));
}

/** CDKTF ends an address with a hash of its path, which nobody reads. */
function nameOf({ resource }: Change): string {
  return resource.addr.replace(/_[0-9A-F]{8}$/, "");
}

function actionOf({ action, importing }: Change): string {
  return importing === undefined || action === "import" ? action : `import and ${action}`;
}
