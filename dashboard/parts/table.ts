/** A table that stays readable on a phone: minor columns leave, a wide one takes a line of its own. */
import { type Content, type Html, html } from "../html.ts";

/** `minor` columns are hidden where there is little room; a `wide` one then stands on a line of its own; `num` aligns digits. */
export type Column = {
  head: string;
  kind?: "num" | "minor" | "minor num" | "wide";
  /** What a column is for that needs no word for those who see it. */
  says?: string;
};

/** Roles are written out, because a table laid out as a grid loses its own in some browsers. `cards` lets each row wrap on a phone. */
export function table({
  label,
  columns,
  rows,
  phone,
}: {
  label: string;
  columns: readonly Column[];
  rows: readonly (readonly Content[])[];
  phone?: "cards";
}): Html {
  return html`
    <table role="table" aria-label="${label}" class="${phone}">
      <thead role="rowgroup"><tr role="row">${columns.map(({ head, kind, says }) => html`<th role="columnheader" scope="col" class="${kind}">${head}${says && html`<span class="sr">${says}</span>`}</th>`)}</tr></thead>
      <tbody role="rowgroup">${rows.map(
        (row) =>
          html`<tr role="row">${row.map((cell, index) => html`<td role="cell" class="${columns[index]?.kind}">${cell}</td>`)}</tr>`,
      )}</tbody>
    </table>`;
}
