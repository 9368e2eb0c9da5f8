/** The thing of a row, where there is a row. */
export function maybe<Row, Thing>(row: Row | undefined, fromRow: (row: Row) => Thing): Thing | undefined {
  return row === undefined ? undefined : fromRow(row);
}
