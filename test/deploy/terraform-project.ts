import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export interface S3Server {
  readonly endpoint: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

export interface Finished {
  readonly exitCode: number;
  readonly output: string;
}

const root = fileURLToPath(new URL("../..", import.meta.url));
const program = (name: string) => join(root, "node_modules", ".bin", name);

export interface ProjectOptions {
  /** Filesystem mirror that holds the AWS provider. */
  readonly mirror: string;
  readonly server: S3Server;
  readonly stack: string;
  readonly variables?: Readonly<Record<string, string>>;
}

/** A folder of its own with a cdktf.json that runs the example named like the stack, and Terraform bound to the mirror. */
export class TerraformProject {
  /** Where a stack is synthesised to. */
  readonly outdir: string;
  readonly #folder: string;
  readonly #stackFolder: string;
  readonly #env: NodeJS.ProcessEnv;

  private constructor(folder: string, stack: string, env: NodeJS.ProcessEnv) {
    this.#folder = folder;
    this.outdir = join(folder, "cdktf.out");
    this.#stackFolder = join(this.outdir, "stacks", stack);
    this.#env = env;
  }

  static async create({ mirror, server, stack, variables }: ProjectOptions): Promise<TerraformProject> {
    const folder = await mkdtemp(join(tmpdir(), "bucketseal-deploy-"));
    const tsx = `${program("tsx")} --tsconfig ${join(root, "tsconfig.json")}`;
    const app = `${tsx} ${join(root, "examples", stack, "main.ts")}`;
    const settings = { language: "typescript", app, projectId: "deploy-test", sendCrashReports: "false" };
    await writeFile(join(folder, "cdktf.json"), JSON.stringify(settings));
    const cliConfig = join(folder, "terraform.rc");
    const installation = `filesystem_mirror {\n    path = ${JSON.stringify(mirror)}\n  }`;
    await writeFile(cliConfig, `provider_installation {\n  ${installation}\n}\n`);
    return new TerraformProject(folder, stack, { ...environment(server, cliConfig), ...variables });
  }

  /** `cdktf deploy`: synth, init, plan and apply. */
  deploy(): Promise<Finished> {
    return this.#run(program("cdktf"), ["deploy", "--skip-provider-lock", "--auto-approve"], this.#folder);
  }

  terraform(...args: string[]): Promise<Finished> {
    return this.#run("terraform", args, this.#stackFolder);
  }

  remove(): Promise<void> {
    return rm(this.#folder, { recursive: true, force: true });
  }

  #run(file: string, args: string[], cwd: string): Promise<Finished> {
    return new Promise((resolve) => {
      const options = { cwd, env: this.#env, maxBuffer: 64 * 1024 ** 2 };
      const child = execFile(file, args, options, (_, stdout, stderr) =>
        resolve({ exitCode: child.exitCode ?? -1, output: stdout + stderr }),
      );
    });
  }
}

// Whatever the machine has set for AWS or Terraform stays out, so that nothing but the test decides where this goes.
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
