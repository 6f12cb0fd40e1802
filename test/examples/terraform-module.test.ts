import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { GetBucketEncryptionCommand, ListBucketsCommand, S3Client } from "@aws-sdk/client-s3";
import { describe, expect, it } from "vitest";
import { startSandbox } from "../../sandbox/index.js";
import { BINDINGS_VARIABLE } from "../bindings/bindings.js";
import { runCli } from "../cli/run-cli.js";
import { deployMissing, providerMirror } from "../deploy/prerequisites.js";
import { TerraformProject } from "../deploy/terraform-project.js";
import { TERRAFORM_MODULE, terraformModule } from "./terraform-module.js";

const skipped = deployMissing();
const title = "is valid, and is applied on the sandbox";
const NAMES = ["acme-module", "acme-module-exports", "acme-module-logs"];
/** Without the spaces that `terraform fmt` adds to align text. */
const words = (text: string) => text.trim().split(/\s+/);

describe("examples/terraform", () => {
  // With other bindings (test/bindings) it would require another version of the AWS provider.
  it.skipIf(BINDINGS_VARIABLE in process.env)(
    "matches the constructs' output for the OVHcloud example, and holds no credentials",
    { tags: ["slow"] },
    async () => {
      const text = await readFile(join(TERRAFORM_MODULE, "main.tf"), "utf8");
      expect(words(text)).toEqual(words(terraformModule()));
      expect(text.match(/sse_algorithm += "AES256"/g)).toHaveLength(3);
      expect(text).not.toMatch(/access_key|secret|backend|TfToken|acme-/);
    },
  );

  it.skipIf(skipped !== undefined)(
    skipped === undefined ? title : `${title} (skipped: ${skipped})`,
    { tags: "deploy", timeout: 300_000 },
    async () => {
      const sandbox = await startSandbox({ region: "eu-west-par" });
      const { endpoint, credentials } = sandbox;
      const s3 = new S3Client({ endpoint, credentials, region: "eu-west-par", forcePathStyle: true });
      const project = await TerraformProject.create({ mirror: providerMirror, server: sandbox, stack: "module" });
      const folder = join(project.outdir, "stacks", "module");
      const options = ["-no-color", "-var", "bucket_name=acme-module", "-var", `endpoint=${endpoint}`];
      try {
        await mkdir(folder, { recursive: true });
        await cp(TERRAFORM_MODULE, folder, { recursive: true });
        expect(await project.terraform("fmt", "-check")).toMatchObject({ exitCode: 0 });
        expect(await project.terraform("init", "-no-color")).toMatchObject({ exitCode: 0 });
        expect(await project.terraform("validate", "-no-color")).toMatchObject({ exitCode: 0 });
        const refused = await project.terraform("plan", "-no-color", "-var", "bucket_name=Acme_Module");
        expect(refused).toMatchObject({ exitCode: 1, output: expect.stringContaining("A name holds 3 to 55") });
        expect(await project.terraform("apply", "-auto-approve", ...options)).toMatchObject({ exitCode: 0 });
        const { Buckets = [] } = await s3.send(new ListBucketsCommand({}));
        expect(Buckets.map(({ Name }) => Name).sort()).toEqual(NAMES);
        for (const Bucket of NAMES) {
          const { ServerSideEncryptionConfiguration: set } = await s3.send(new GetBucketEncryptionCommand({ Bucket }));
          expect(set?.Rules?.[0]?.ApplyServerSideEncryptionByDefault?.SSEAlgorithm).toBe("AES256");
        }
        expect(await project.terraform("plan", "-detailed-exitcode", ...options)).toMatchObject({ exitCode: 0 });
        const { output } = await project.terraform("output", "-json");
        await writeFile(join(project.folder, "outputs.json"), output);
        const { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY } = credentials;
        const audit = ["audit", "--targets", "outputs.json", "--endpoint", endpoint, "--allow-empty"];
        expect(
          await runCli(audit, { folder: project.folder, env: { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY } }),
        ).toMatchObject({ code: 0 });
      } finally {
        s3.destroy();
        await project.remove();
        await sandbox.close();
      }
    },
  );
});
