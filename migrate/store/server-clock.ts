/** The time as the store has it, which this machine's clock may be off from. */
export interface ServerClock {
  now(): Date;
  /** What the store said that the time is. Anything that is no date changes nothing. */
  set(time: string): void;
}
