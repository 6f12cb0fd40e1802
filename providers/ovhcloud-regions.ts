import type { Region } from "./profile.js";

/** Source: the list of regions in OVHcloud's guide on endpoints, which ovhcloud.ts names. */
export const ovhcloudRegions: readonly Region[] = [
  { id: "gra", kind: "one-zone" },
  { id: "rbx", kind: "one-zone" },
  { id: "sbg", kind: "one-zone" },
  { id: "de", kind: "one-zone" },
  { id: "uk", kind: "one-zone" },
  { id: "waw", kind: "one-zone" },
  { id: "bhs", kind: "one-zone" },
  { id: "ca-east-tor", kind: "one-zone" },
  { id: "sgp", kind: "one-zone" },
  { id: "ap-southeast-syd", kind: "one-zone" },
  { id: "ap-south-mum", kind: "one-zone" },
  { id: "eu-west-par", kind: "multi-zone" },
  { id: "eu-south-mil", kind: "multi-zone" },
];
