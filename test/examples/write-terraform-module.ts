// Generates examples/terraform/main.tf from the OVHcloud example: `npm run terraform-example`. It
// needs `terraform` to format the file.
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { TERRAFORM_MODULE, terraformModule } from "./terraform-module.js";

const text = execFileSync("terraform", ["fmt", "-"], { input: terraformModule(), encoding: "utf8" });
writeFileSync(join(TERRAFORM_MODULE, "main.tf"), text);
