import { join } from "node:path";
import { expect, test } from "vitest";
import { LONG, SWEEP_TIMEOUT_MS } from "../length.js";
import { auditOfMany } from "../migrate/fixtures/outcomes-of.js";
import { createBucket, environmentOf, openRehearsal, sealed } from "./rehearsal.js";
import { runCli } from "./run-cli.js";

/** The size of this many lines, if a command held them, is several times its heap. */
const LINES = 500_000;
const HEAP_MIB = 160;

test.runIf(LONG)(
  "diff and audit --baseline read half a million lines in bounded memory",
  { timeout: SWEEP_TIMEOUT_MS },
  async () => {
    const rehearsal = await openRehearsal({ clock: () => new Date(Date.now() - 60_000) });
    const { sandbox, client, folder, place } = rehearsal;
    try {
      await createBucket(client, "large", sealed(1));
      const out = join(folder, "many");
      const { endpoint, region, credentials } = sandbox;
      const keys = [
        "sealed/0000",
        ...Array.from({ length: LINES - 1 }, (_, index) => `objects/${(index * 7919) % LINES}`),
      ];
      const options = { locations: ["s3://large"], provider: "ovhcloud", formats: [], out } as const;
      const many = await auditOfMany({ ...options, endpoint, region, credentials }, keys);
      const env = { ...environmentOf(credentials), NODE_OPTIONS: `--max-old-space-size=${HEAP_MIB}` };
      const run = (...args: string[]) => runCli(args, { folder, env });
      expect(await run("diff", many, many)).toMatchObject({
        code: 0,
        stdout: expect.stringMatching(/in the same state +500,000 /),
      });
      const again = await run("audit", "s3://large", ...place, "--baseline", many, "--format", "md");
      expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining("0 of 1 object is unencrypted") });
    } finally {
      await rehearsal.close();
    }
  },
);
