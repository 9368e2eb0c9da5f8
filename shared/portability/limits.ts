/** How much an archive, or an export of another program, may hold. What is more is refused before it is read to its end. */

export const ARCHIVE_FILES_MAX = 50_000;
export const ARCHIVE_FILE_BYTES_MAX = 2 * 1024 ** 3;
export const ARCHIVE_BYTES_MAX = 4 * 1024 ** 3;
/** One line of JSON: the longest holds one thing that was said, or all that one night changed. */
export const LINE_BYTES_MAX = 64 * 1024 ** 2;
/** Files that are read whole: personas, settings, manifests. */
export const SMALL_FILE_BYTES_MAX = 16 * 1024 ** 2;
