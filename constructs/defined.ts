type Defined<T> = { [K in keyof T]: Exclude<T[K], undefined> };

/** Leaves out what is undefined, which the bindings' optional properties do not take. */
export function defined<T extends object>(properties: T): Partial<Defined<T>> {
  return Object.fromEntries(Object.entries(properties).filter(([, value]) => value !== undefined)) as Partial<
    Defined<T>
  >;
}
