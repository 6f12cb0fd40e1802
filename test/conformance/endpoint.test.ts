import { afterAll, beforeAll, describe, test } from "vitest";
import { checkS3 } from "./suite/index.js";
import { checkOn, connect, type Target } from "./target.js";

const { env } = process;
const endpoint = env.BUCKETSEAL_TEST_ENDPOINT;

function checkEndpoint(url: string): void {
  let target: Target;
  beforeAll(() => {
    target = connect({
      endpoint: url,
      region: env.BUCKETSEAL_TEST_REGION ?? env.AWS_REGION ?? "us-east-1",
      credentials: {
        accessKeyId: env.BUCKETSEAL_TEST_ACCESS_KEY_ID ?? env.AWS_ACCESS_KEY_ID ?? "",
        secretAccessKey: env.BUCKETSEAL_TEST_SECRET_ACCESS_KEY ?? env.AWS_SECRET_ACCESS_KEY ?? "",
      },
    });
  });
  afterAll(() => target.clean());
  checkS3(checkOn(() => target, {}));
}

describe("an endpoint from the environment", () => {
  if (endpoint === undefined) {
    test.skip("the conformance suite, because BUCKETSEAL_TEST_ENDPOINT is not set", () => undefined);
  } else {
    checkEndpoint(endpoint);
  }
});
