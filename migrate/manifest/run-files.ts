export const MANIFEST_FILE = "manifest.json";
/** A DSSE envelope over the manifest, where somebody signed it. */
export const SIGNATURE_FILE = "manifest.dsse.json";
