/** Time as waiting knows it; tests have one of their own. */
export interface Clock {
  /** Milliseconds since some moment. Never goes back, whatever is done to this machine's clock. */
  now(): number;
  /** Rings once after so many milliseconds; what it hands back calls that off. */
  after(ms: number, ring: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  after: (ms, ring) => {
    const timer = setTimeout(ring, ms);
    return () => clearTimeout(timer);
  },
};
