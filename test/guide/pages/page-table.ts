import type { SandboxOptions } from "../../../sandbox/index.js";

/** How the commands of a page are run from its top to its end. */
export interface PageWalk {
  /** The programs that they call. */
  readonly needs: readonly string[];
  /** Of the sandbox, unless the page starts one itself. @default ovh */
  readonly profile?: NonNullable<SandboxOptions["profile"]>;
  /** Commands for what the page takes for granted, each before the block or line that begins so. */
  readonly given?: Readonly<Record<string, string>>;
  /** The lines are examples, each by itself: the lines that stay running, and those that end with an error. */
  readonly examples?: { readonly stay: readonly string[]; readonly fail: readonly string[] };
}

const INVOICE = "aws s3 mb s3://acme-invoices && echo invoice | aws s3 cp - s3://acme-invoices/2024/01.txt";

/** The pages of docs/ that pages.test.ts walks. */
export const WALKS: Readonly<Record<string, PageWalk>> = {
  choosing: { needs: ["aws", "bash", "gpg", "openssl"] },
  ci: { needs: ["aws", "bash", "jq"], given: { "bucketseal audit": INVOICE } },
  cli: {
    needs: ["aws", "bash", "openssl", "redis-server"],
    given: {
      "bucketseal targets cdktf.out": [
        "aws s3 mb s3://invoices && aws s3 mb s3://vault && echo letter > letter.txt",
        "for key in 2025/01.pdf invoices/2026/07.pdf; do aws s3 cp letter.txt s3://invoices/$key; done",
        "aws s3 cp letter.txt s3://vault/draft",
        'target="{\\"bucketseal\\":1,\\"bucket\\":\\"vault\\",\\"endpoint\\":\\"$AWS_ENDPOINT_URL\\",\\"region\\":\\"gra\\",\\"provider\\":\\"ovhcloud\\"}"',
        'outputs="{\\"bucketseal_vault\\":{\\"value\\":$target}}"',
        'mkdir -p cdktf.out/stacks/storage && echo "{\\"output\\":$outputs}" > cdktf.out/stacks/storage/cdk.tf.json',
        'echo \'{"stacks":{"storage":{"synthesizedStackPath":"stacks/storage/cdk.tf.json"}}}\' > cdktf.out/manifest.json',
        'echo "$outputs" > outputs.json && bucketseal keygen vault.key && mkdir -p ~/.zfunc ~/.config/fish/completions',
        "for run in last-night tonight run-2; do bucketseal audit s3://invoices --provider ovhcloud --out $run; done",
      ].join("\n"),
      "bucketseal worker":
        "redis-server --port 6379 --save '' > redis.log 2>&1 & until (: < /dev/tcp/127.0.0.1/6379) 2>/dev/null; do sleep 0.1; done",
      "bucketseal verify run-1 --public-key": [
        "cp -r run-1 unsigned",
        "openssl genpkey -algorithm ed25519 -out sign.pem && chmod 600 sign.pem",
        "openssl pkey -in sign.pem -pubout -out sign.pub.pem && bucketseal sign run-1 --key sign.pem",
      ].join("\n"),
      "bucketseal report": "rm -r run-1 && mv unsigned run-1",
      "bucketseal keygen": "rm vault.key",
    },
    examples: {
      stay: [
        "bucketseal worker --queue redis://10.0.0.5:6379 --endpoint https://s3.example.com",
        "bucketseal sandbox --port 9000",
        "bucketseal sandbox --data ./rehearsal --provider aws --region eu-west-3",
        "bucketseal sandbox --chaos 7",
      ],
      fail: ["bucketseal audit s3://invoices/2025/ --provider aws --fail-on unencrypted"],
    },
  },
  constructs: { needs: ["aws", "bash"], given: { "aws s3api": INVOICE } },
  "customer-keys": {
    needs: ["aws", "bash"],
    given: {
      "bucketseal migrate s3://letters --provider ovhcloud --region gra --ssec-key-file archive.key":
        "bucketseal keygen archive.key && aws s3 mb s3://letters && echo letter | aws s3 cp - s3://letters/archive/one",
      'echo "a letter"': "rm archive.key new.key && aws s3 rb --force s3://letters",
    },
  },
  environment: { needs: ["aws", "bash"], given: { "bucketseal audit": INVOICE } },
  estimate: { needs: ["aws", "bash", "jq"] },
  evidence: { needs: ["aws", "bash", "jq", "openssl", "sha256sum"] },
  "hand-over": { needs: ["aws", "bash", "openssl", "sha256sum", "tar"] },
  json: { needs: ["aws", "bash", "jq"], given: { "bucketseal audit": INVOICE } },
  "kms-keys": {
    needs: ["aws", "bash"],
    given: { "bucketseal migrate s3://invoices": "aws s3 mb s3://invoices && echo 1 | aws s3 cp - s3://invoices/1" },
  },
  ovhcloud: { needs: ["aws", "bash"] },
  probe: { needs: ["aws", "bash"], given: { "bucketseal probe": INVOICE } },
  "re-audit": { needs: ["aws", "bash", "jq"] },
  report: { needs: ["aws", "bash"], given: { "bucketseal migrate": INVOICE } },
  scale: {
    needs: ["aws", "bash", "redis-server"],
    given: {
      "bucketseal migrate": "aws s3 mb s3://invoices && echo 1 | aws s3 cp - s3://invoices/1",
      "bucketseal verify": "until [ -e run-1/manifest.json ]; do sleep 0.1; done",
    },
  },
  undo: { needs: ["aws", "bash", "jq"] },
  versions: { needs: ["aws", "bash"] },
};

/** Blocks that other tests run, by page and the beginning of the block. */
export const RUN_ELSEWHERE: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "README.md": {
    "npm ci && npm run demo": "test/guide/pages/tutorial.test.ts",
    "npm ci && npm pack": "test/guide/pages/tutorial.test.ts",
  },
  "docs/ci.md": { "#!/usr/bin/env bash": "test/guide/ci/nights.test.ts" },
  "docs/constructs.md": {
    "npm install --save-dev typescript@5": "test/package/init.test.ts",
    "npm install ../bucketseal-0.1.0.tgz cdktf@npm:cdktn@0.24 @cdktf/provider-aws@npm:@cdktn/provider-aws@25\n":
      "test/package/init.test.ts",
  },
  "docs/declare.md": {
    "npm init -y": "test/package/newcomer.test.ts",
    "bucketseal sandbox": "test/package/newcomer.test.ts",
    "npx cdktf deploy": "test/package/newcomer.test.ts",
    "bucketseal targets": "test/package/newcomer.test.ts",
  },
  "docs/evidence.md": {
    "bucketseal sign run-1 --key sign.pem --timestamp-url": "test/cli/timestamps.test.ts",
    "jq -r '.signatures[0].sig'": "test/cli/timestamps.test.ts",
  },
  "docs/fr/ovhcloud.md": { "": "test/guide/french-page.test.ts" },
  "docs/tutorial.md": { "": "test/guide/pages/tutorial.test.ts" },
};

/** Blocks that cannot run in a test, by page and the beginning of the block, and why. */
export const NOT_RUN: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "README.md": { "npm ci && npm test": "runs the suite that this is a test of" },
  "docs/ARCHITECTURE.md": {
    "npx tsx bench/": "a table of files that no figure of the page depends on; test/bench has the requests",
    "git ls-files": "prints figures of the sources; test/architecture.test.ts holds their limits",
  },
  "docs/ci.md": { "npm install": "a registry; test/package/package.test.ts installs the same tarball" },
  "docs/cli.md": {
    "terraform -chdir": "a deployed stack; docs/ovhcloud.md has one, and its walk reads its targets",
    "bucketseal worker --queue rediss:": "a Redis with TLS",
    "bucketseal sign run-1 --key sign.pem --timestamp-url": "a time-stamping authority; see docs/evidence.md",
  },
  "docs/constructs.md": {
    "npm install ../bucketseal-0.1.0.tgz cdktf@npm:cdktn@0.24 @cdktf/provider-aws@npm:@cdktn/provider-aws@25 constructs":
      "a registry; npm run test:cdktn runs the tests of the constructs with these packages",
  },
  "docs/declare.md": {
    "npm install ../bucketseal-0.1.0.tgz cdktf@npm:cdktn":
      "a registry; npm run test:cdktn runs the tests of the constructs with these packages",
  },
  "docs/evidence.md": { "jq '.signatures[].keyid": "cosign, which the page says was not run" },
  "docs/ovhcloud.md": {
    "ovhcloud login": "an account of OVHcloud, and its command line",
    "export AWS_ACCESS_KEY_ID=ACCESS_KEY": "the access key of an account of OVHcloud",
    "npm init -y": "a registry; test/package/newcomer.test.ts runs the same commands of docs/declare.md",
    "15 2 * * *": "a line for cron, with a mail",
  },
  "docs/performance.md": { "npm run bench": "half an hour on a quiet machine; test/bench has the requests" },
  "docs/reliability.md": {
    "npm run test:server": "starts this suite on a server of the reader's",
    "npm run test:long": "starts this suite, for hours",
  },
  "docs/scale.md": {
    "npm install bullmq ioredis": "a registry; both are among the packages of this repository",
    "kubectl create": "a cluster; test/guide/scale-page.test.ts checks the manifests by the schema of the API",
  },
};

/** The beginning of a block among those of a table. */
export function beginsOneOf(text: string, table: Readonly<Record<string, string>> = {}): string | undefined {
  return Object.keys(table).find((words) => `${text}\n`.startsWith(words));
}
