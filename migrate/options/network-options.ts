/** How the store is reached from this machine. The command line takes it from the environment; a library reads none. */
export interface NetworkOptions {
  /** The proxy for endpoints that begin with `http:`, as a URL. @default none */
  readonly httpProxy?: string | undefined;
  /** The proxy for endpoints that begin with `https:`. @default none */
  readonly httpsProxy?: string | undefined;
  /** Hosts that no proxy is asked for, by commas: names (and all names below them), addresses, ranges, or `*`. @default this machine alone */
  readonly noProxy?: string | undefined;
  /** A file of certificates (PEM): the only authorities to trust, as with AWS's tools. @default those that Node trusts */
  readonly caBundle?: string | undefined;
  /** A file of certificates (PEM) to trust beside those in `caBundle`. @default none */
  readonly extraCaCerts?: string | undefined;
}
