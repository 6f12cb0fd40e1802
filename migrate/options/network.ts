import { X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { Network } from "../store/transport/agents.js";
import type { Fields } from "./option-table.js";
import type { Place } from "./place.js";

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

export async function resolveNetwork(
  { network: given = {} }: Fields,
  place: Pick<Place, "endpoint"> | null,
  problems: string[],
): Promise<Network> {
  const { httpProxy: http, httpsProxy: https, noProxy: except, caBundle, extraCaCerts } = given;
  const proxies = { http, https, except };
  if (place !== null && (http || https)) {
    const { proxyFor } = await import("../store/transport/agents.js");
    const choice = proxyFor(new URL(place.endpoint), proxies);
    if (choice.kind === "bad") problems.push(choice.problem);
  }
  if (!caBundle) return { proxies, authorities: null };
  const bundle = await readCertificates(caBundle);
  if (bundle.kind === "bad")
    problems.push(`AWS_CA_BUNDLE is set to "${caBundle}", ${bundle.why}: give a PEM file of certificates`);
  // Node has already warned about a file that it could not read.
  const extra = extraCaCerts ? await readCertificates(extraCaCerts) : { kind: "read" as const, certificates: [] };
  const both = [bundle, extra].flatMap((read) => (read.kind === "read" ? read.certificates : []));
  return { proxies, authorities: both };
}

type ReadCertificates =
  | { readonly kind: "read"; readonly certificates: readonly string[] }
  | { readonly kind: "bad"; readonly why: string };

async function readCertificates(path: string): Promise<ReadCertificates> {
  try {
    const certificates = (await readFile(path, "utf8")).match(CERTIFICATE) ?? [];
    for (const certificate of certificates) new X509Certificate(certificate);
    return certificates.length > 0
      ? { kind: "read", certificates }
      : { kind: "bad", why: "which contains no certificate" };
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return { kind: "bad", why: "which does not exist" };
    return {
      kind: "bad",
      why: /^E[A-Z]+$/.test(code) ? `which cannot be read (${code})` : "which contains a damaged certificate",
    };
  }
}
