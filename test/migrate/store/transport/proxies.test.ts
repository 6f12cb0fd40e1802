import { rootCertificates } from "node:tls";
import { describe, expect, test } from "vitest";
import { createAgents, proxyFor } from "../../../../migrate/store/transport/agents.js";

const PROXY = "http://proxy.test:3128";
const choose = (url: string, except?: string) => proxyFor(new URL(url), { http: PROXY, https: PROXY, except }).kind;

describe("proxyFor", () => {
  test("uses the proxy for the scheme of the URL", () => {
    const proxies = { https: "http://me:word@proxy.test:3128" };
    expect(proxyFor(new URL("http://store.test"), proxies)).toEqual({ kind: "none" });
    expect(proxyFor(new URL("https://store.test"), proxies)).toMatchObject({ kind: "proxy", url: { port: "3128" } });
  });

  test("accepts a proxy without a scheme", () => {
    expect(proxyFor(new URL("http://store.test"), { http: "proxy.test:3128" })).toMatchObject({
      kind: "proxy",
      url: { protocol: "http:", hostname: "proxy.test" },
    });
  });

  test.each(["socks5://me:word@proxy.test:1080", "http://", "http://me:word@"])(
    "rejects %s without repeating the password",
    (http) => {
      const choice = proxyFor(new URL("http://store.test"), { http });
      expect(choice.kind).toBe("bad");
      expect(JSON.stringify(choice)).not.toContain("word");
    },
  );

  test.each(["http://localhost:9000", "http://a.localhost", "http://127.8.0.1", "http://[::1]:9000"])(
    "uses no proxy for the local machine: %s",
    (url) => expect(choose(url)).toBe("none"),
  );

  test.each([
    ["http://store.test", "store.test"],
    ["http://bucket.store.test", "store.test"],
    ["http://bucket.store.test", ".store.test"],
    ["http://bucket.store.test", "*.store.test"],
    ["http://store.test", "a.test, STORE.test"],
    ["http://store.test:9000", "store.test:9000"],
    ["https://store.test", "store.test:443"],
    ["http://10.1.2.3", "10.1.2.3"],
    ["http://10.1.2.3", "10.0.0.0/8"],
    ["http://[fd00::1]", "fd00::/8"],
    ["http://[fd00::1]", "[fd00::1]"],
    ["http://store.test", "*"],
  ])("uses no proxy for %s with NO_PROXY %s", (url, except) => expect(choose(url, except)).toBe("none"));

  test.each([
    ["http://mystore.test", "store.test"],
    ["http://store.test:9001", "store.test:9000"],
    ["http://11.1.2.3", "10.0.0.0/8"],
    ["http://store.test", "10.0.0.0/8"],
    ["http://store.test", "10.0.0.0/99, , other.test"],
    ["http://store.test", ""],
  ])("uses the proxy for %s with NO_PROXY %j", (url, except) => expect(choose(url, except)).toBe("proxy"));
});

describe("configured authorities", () => {
  const network = { proxies: {}, authorities: rootCertificates.slice(0, 2) };
  const trustFor = (protocol: "http:" | "https:", given = network) => {
    const agents = createAgents(given, 1);
    const { trust } = agents.route({ protocol, hostname: "store.test", port: "" }, true);
    agents.close();
    return trust;
  };

  test("are read once for all clients of a run", () => {
    const trust = trustFor("https:");
    expect(trust).toHaveProperty("secureContext");
    expect(trustFor("https:")).toBe(trust);
    expect(trustFor("https:", { ...network, authorities: rootCertificates.slice(2, 4) })).not.toBe(trust);
  });

  test("are not read for a store without TLS, unless a proxy in between uses TLS", () => {
    expect(trustFor("http:")).toBeNull();
    const proxies = { http: "https://proxy.test:3128" };
    expect(trustFor("http:", { ...network, proxies })).toHaveProperty("secureContext");
  });
});
