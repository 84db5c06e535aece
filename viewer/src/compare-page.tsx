/**
 * @module
 * The third page: two sets of weights on the same completion, token by token.
 */
export function ComparePage() {
  return (
    <div class="page">
      <main class="main" />
    </div>
  );
}
