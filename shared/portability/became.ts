/** What became of one thing that an archive holds, and how it is brought. */

/** `kept`: it differs here, and here it stays as it is. `none`: the archive has none. */
export type Became = "added" | "there" | "kept" | "replaced" | "none";

export type Bringing = {
  dryRun: boolean;
  /** What differs here is replaced, and the old one is kept aside. */
  replace: boolean;
  /** Now, as the name of a folder. */
  at: string;
  /** Sentences about what differs here are added to it. */
  conflicts: string[];
};
