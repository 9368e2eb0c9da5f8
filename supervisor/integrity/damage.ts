/** What can be wrong with the files of a home. */

/** One thing that is not as it should be, in one file. */
export type Damage = {
  /** Relative to the home. */
  path: string;
  kind: /** The write-ahead log ends in frames that were never written whole. */
    | "torn log"
    /** SQLite cannot read all of the file, or not open it. */
    | "corrupt"
    /** An index of the file does not hold what its table holds. */
    | "stale index"
    /** An index, a trigger or a table of the schema is not there. */
    | "missing part"
    /** Rows point to rows that are not there. */
    | "stray rows"
    /** Full text does not find what is there. */
    | "unsearchable"
    /** The ledger's promises do not hold. */
    | "broken promise"
    /** A log of tool calls is not as it was written. */
    | "broken chain"
    /** A lock that is none, or of a process that is gone. */
    | "stale lock"
    /** A piece of work that was killed left it behind. */
    | "left over"
    /** An upgrade was begun and not ended. */
    | "half upgrade";
  /** A sentence for a person. */
  says: string;
  /** Whether KAOS must not go on like this. */
  stops: boolean;
  /** What mending does about it; undefined where only a person or a backup can help, and then `next` is what to do. */
  mends?: string;
  next?: string;
};

/** What was done about the damage of one file. */
export type Mended = {
  path: string;
  /** Sentences. */
  did: readonly string[];
  /** Where the file is kept as it was. */
  kept: string | undefined;
  /** What is still wrong. */
  left: readonly string[];
};
