// @module-tag slow
import { readFileSync } from "node:fs";
import { expect, onTestFinished, test } from "vitest";
import { startSandbox } from "../../../sandbox/index.js";
import { findExecutable } from "../../servers/programs.js";
import { stepsOf } from "./fenced-blocks.js";
import { WALKS } from "./page-table.js";
import { describePage, walkPage } from "./walk-page.js";

for (const [page, walk] of Object.entries(WALKS)) describePage(page, walk, page === "ovhcloud" ? ["deploy"] : []);

const README = readFileSync(new URL("../../../README.md", import.meta.url), "utf8");
const PREPARATION = [
  "aws s3 mb s3://invoices",
  "echo invoice | aws s3 cp - s3://invoices/2024/01.txt",
  "openssl genpkey -algorithm ed25519 -out sign.pem && chmod 600 sign.pem",
  "openssl pkey -in sign.pem -pubout -out sign.pub.pem",
];

test.skipIf(["aws", "openssl"].some((name) => findExecutable(name) === undefined))(
  "the commands of README.md's table run one after the other",
  async () => {
    const [, section = ""] = README.split("\n## Your situation\n");
    const rows = (section.split("\n## ", 1)[0] ?? "").split("\n").filter((line) => line.startsWith("| "));
    const commands = rows.flatMap((row) =>
      [...row.matchAll(/`(bucketseal [^`]+)`/g)].map(([, command = ""]) => command),
    );
    expect(commands).toHaveLength(7);
    const sandbox = await startSandbox({ profile: "ovh" });
    onTestFinished(() => sandbox.close());
    const blocks = [PREPARATION.join("\n"), ...commands].map((text) => `\`\`\`bash\n${text}\n\`\`\`\n`);
    const steps = stepsOf(blocks.join("\n"));
    const walked = await walkPage(steps, sandbox);
    for (const step of steps) expect(walked.get(step)?.ended, walked.get(step)?.output).toBe(true);
    const outputs = steps.map((step) => walked.get(step)?.output ?? "");
    expect(outputs[1]).toContain("Not sealed: 1 of 1 object is unencrypted");
    expect(outputs.at(-1)).toContain("Sealed: 0 of 1 object");
  },
);
