/**
 * @module
 * Names and their numbers, a row each.
 */
import { Term } from "./term.tsx";

export function NumberTable({
  rows,
}: {
  readonly rows: readonly (readonly [name: string, value: string])[];
}) {
  return (
    <table>
      <tbody>
        {rows.map(([name, value]) => (
          <tr key={name}>
            <td class="soft">
              <Term name={name} />
            </td>
            <td class="number">{value}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
