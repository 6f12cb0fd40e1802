import type { ObjectFacts } from "../model/object.js";
import type { ObjectAcl, ObjectInput, ObjectStore } from "../store/object-store.js";
import { StoreError } from "../store/store-error.js";

/** How much of the forecast the last object decides. */
const WEIGHT = 0.1;
/** One request in ten may be for nothing. */
const LIKELY = 0.9;
/** The clocks of the servers of a store may differ by less than this. */
const CLOCKS_DIFFER_MS = 60_000;

/** The access control list of one object, which may have been requested together with its HEAD. */
export class EarlyAcl {
  readonly #read: Promise<ObjectAcl | null> | undefined;
  #isOfSameWrite = false;
  #isAsked = false;
  #hasFailed = false;

  /** `read`: the request, if one was sent. */
  constructor(read?: Promise<ObjectAcl>) {
    this.#read = read?.catch((error: unknown) => this.#fail(error));
  }

  /**
   * Compares with what HEAD showed, and when. The list of an object that was written just before may be that of the
   * object which it replaced; and with versions it may be that of another version.
   */
  seen({ lastModified, versionId }: Pick<ObjectFacts, "lastModified" | "versionId">, answeredAt: string | null): void {
    const ageMs = Date.parse(answeredAt ?? "") - Date.parse(lastModified ?? "");
    this.#isOfSameWrite = versionId === null && ageMs > CLOCKS_DIFFER_MS;
  }

  /** The list; `null` if it could not be read. `undefined` if it is to be requested now. */
  take(): Promise<ObjectAcl | null> | undefined {
    this.#isAsked = true;
    return this.#isOfSameWrite ? this.#read : undefined;
  }

  /** Whether a list that is requested together with this HEAD counts. */
  get counts(): boolean {
    return this.#isOfSameWrite;
  }

  /** Whether requesting it early saved time, or would have. */
  get isOfUse(): boolean {
    return this.#isOfSameWrite && this.#isAsked && !this.#hasFailed;
  }

  /** It is requested again, so that the error is dealt with there. */
  #fail(error: unknown): null {
    if (!(error instanceof StoreError)) throw error;
    this.#hasFailed = true;
    return null;
  }
}

/**
 * Requests the access control lists of objects together with their HEAD, while nearly all objects need both. That
 * saves the time of one answer for each object that is copied.
 */
export class EarlyAcls {
  #ofUse = 0;

  /** `isNeeded`: an earlier look at this object has shown that it needs both. */
  async during<T>(
    store: ObjectStore,
    input: ObjectInput,
    work: (early: EarlyAcl) => Promise<T>,
    isNeeded = false,
  ): Promise<T> {
    const early = new EarlyAcl(isNeeded || this.#ofUse >= LIKELY ? store.getObjectAcl(input) : undefined);
    const result = await work(early);
    this.#ofUse += WEIGHT * (Number(early.isOfUse) - this.#ofUse);
    return result;
  }
}
