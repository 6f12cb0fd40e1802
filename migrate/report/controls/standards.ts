export const STANDARDS = {
  "iso-27001": "ISO/IEC 27001:2022",
  "pci-dss": "PCI DSS v4.0.1",
  "nist-800-53": "NIST SP 800-53 Rev. 5",
  gdpr: "GDPR (Regulation (EU) 2016/679)",
  hipaa: "HIPAA Security Rule (45 CFR Part 164)",
  "soc-2": "SOC 2 (AICPA Trust Services Criteria 2017, revised points of focus 2022)",
} as const;
export type StandardId = keyof typeof STANDARDS;
