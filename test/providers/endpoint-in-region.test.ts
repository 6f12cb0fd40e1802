import { expect, test } from "vitest";
import { endpointInRegion } from "../../providers/index.js";

test.each([
  ["https://s3.us-east-1.amazonaws.com", "https://s3.eu-west-3.amazonaws.com"],
  ["https://s3.amazonaws.com", "https://s3.eu-west-3.amazonaws.com"],
  ["https://s3.dualstack.us-east-1.amazonaws.com", "https://s3.dualstack.eu-west-3.amazonaws.com"],
  ["https://s3-fips.us-east-1.amazonaws.com", "https://s3-fips.eu-west-3.amazonaws.com"],
  ["https://s3.cn-north-1.amazonaws.com.cn", "https://s3.eu-west-3.amazonaws.com.cn"],
  ["http://127.0.0.1:9000", "http://127.0.0.1:9000"],
])("endpointInRegion maps %s to %s for a bucket in another region", (endpoint, there) => {
  expect(endpointInRegion(endpoint, "eu-west-3")).toBe(there);
});

test.each(["https://bucket.vpce-1a2b.s3.us-east-1.vpce.amazonaws.com", "https://s3-accelerate.amazonaws.com"])(
  "endpointInRegion returns null for %s, which serves one region or none",
  (endpoint) => {
    expect(endpointInRegion(endpoint, "eu-west-3")).toBeNull();
  },
);

test.each(["evil.example/", "eu-west-3.evil.example", "", "EU", "a b", "@evil"])(
  "endpointInRegion returns null for the region %j",
  (region) => {
    expect(endpointInRegion("https://s3.us-east-1.amazonaws.com", region)).toBeNull();
  },
);
