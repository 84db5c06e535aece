/**
 * @module
 * Names and their numbers, a row each.
 */

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
            <td class="soft">{name}</td>
            <td class="number">{value}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
