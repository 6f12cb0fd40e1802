import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));

export const TERRAFORM_MODULE: string = join(root, "examples", "terraform");

const HEAD = "# Written by `npm run terraform-example` from examples/ovhcloud: change that.\n\n";
const REGION = '"eu-west-par"';

/**
 * How a plain module differs from `cdktf synth --hcl`. Each pattern must match, or the example has
 * changed its form.
 */
const CHANGES: readonly (readonly [found: RegExp, instead: string])[] = [
  [/backend "local" \{[^}]*\}\n/g, ""],
  [/source = "aws"/g, 'source = "hashicorp/aws"'],
  [new RegExp(REGION, "g"), "var.region"],
  [/\n\n+\}/g, "\n}"],
  [/^\}\n(?=resource|output|provider)/gm, "}\n\n"],
  // Terraform accepts references in quotes, but warns about them.
  [/^provider = "aws"$/gm, "provider = aws"],
  [/^"(aws_[\w.-]+)",$/gm, "$1,"],
  [/"\$\{((?:local|var|aws_\w+)\.[\w.-]+)\}"/g, "$1"],
  // The suffixes of CDKTF's ids distinguish paths. Here each path has one step.
  [/(_[a-z-]+)_[0-9A-F]{8}\b/g, "$1"],
];

/** The OVHcloud example as HCL with variables, before formatting. */
export function terraformModule(): string {
  return HEAD + CHANGES.reduce(changed, synthesisedHcl());
}

function changed(text: string, [found, instead]: (typeof CHANGES)[number]): string {
  if (text.search(found) === -1)
    throw new Error(`the HCL of the example has no ${found}: look at it, and change the rule`);
  return text.replaceAll(found, instead);
}

function synthesisedHcl(): string {
  const folder = mkdtempSync(join(tmpdir(), "bucketseal-hcl-"));
  const { app } = JSON.parse(readFileSync(join(root, "cdktf.json"), "utf8")) as { app: string };
  const reference = (text: string) => `\${${text}}`;
  try {
    const { status, stderr } = spawnSync(app.replace(/\S+main\.ts/, join("examples", "ovhcloud", "main.ts")), {
      shell: true,
      cwd: root,
      encoding: "utf8",
      env: {
        ...process.env,
        CHECKPOINT_DISABLE: "1",
        CDKTF_OUTDIR: folder,
        SYNTH_HCL_OUTPUT: "true",
        BUCKET_NAME: reference("var.bucket_name"),
        BUCKETSEAL_ENDPOINT: reference("local.endpoint"),
      },
    });
    if (status !== 0) throw new Error(`the example was not synthesised: ${stderr}`);
    return readFileSync(join(folder, "stacks", "ovhcloud", "cdk.tf"), "utf8");
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
  }
}
